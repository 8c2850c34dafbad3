/**
 * Submitted runs are executed by workers that accept them, and leave the bytes of
 * a local run.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readStore } from "../../cli/fleet/read_store.ts";
import { pendingApprovals } from "../../evidence/approval/pending_approval.ts";
import { pgDatabase } from "../../evidence/store/postgres/pg_database.ts";
import { awayTwice } from "./away_twice.ts";
import { cluster } from "./cluster.ts";
import { fleetFolder, type ScriptedCall } from "./fleet_folder.ts";
import { wire } from "./wire.ts";

const isFull = Deno.args.includes("--full");

const server = await cluster({ onTwoMachines: isFull });
Deno.test.afterAll(async () => await server[Symbol.asyncDispose]());

function said(text: string, more: object = {}): ScriptedCall {
  return { tool: "note", args: { text, ...more } };
}

function written(path: string, content: string): ScriptedCall {
  return { tool: "write", args: { path, content } };
}

const ALL_FINISHED = "bool_and(state = 'finished')";

async function ended(worker: Deno.ChildProcess): Promise<number> {
  worker.kill("SIGTERM");
  return (await worker.status).code;
}

Deno.test("a submitted run leaves what a local run leaves, byte for byte", async () => {
  await using fleet = await fleetFolder(server);
  const task = fleet.task("files", [
    [written("a.txt", "one"), written("deep/b.txt", "two\n")],
    [said("hi"), { tool: "read", args: { path: "a.txt" } }],
    [written("a.txt", "three")],
  ]);
  const [run = ""] = await fleet.submit([task]);
  const worker = fleet.worker();
  await fleet.until(ALL_FINISHED);
  assertEquals(await fleet.exported(run), await fleet.local(task));
  const verified = await fleet.as("reader", [
    "runs",
    "verify",
    "--all",
    "--db",
    "env",
  ]);
  assertEquals(verified.code, 0, verified.stdout + verified.stderr);
  assertStringIncludes(verified.stdout, `${run}: verified `);
  assertEquals(await ended(worker), 0);
});

Deno.test("a run that wrote files, cut behind every statement and resumed with an empty sandbox, leaves the same bytes", async () => {
  await using fleet = await fleetFolder(server);
  const steps = [
    [written("a.txt", "one"), { tool: "read", args: { path: "a.txt" } }],
    [written("a.txt", "two")],
    [{ tool: "read", args: { path: "a.txt" } }, written("b/c.txt", "three")],
  ];
  const lines = [...await fleet.local(fleet.task("whole", steps))]
    .find(([name]) => name === "state.jsonl")?.[1].split("\n").length ?? 0;
  assert(lines > 20);
  const tasks = Array.from(
    { length: lines - 1 },
    (_, cut) => fleet.task(`cut${cut}`, steps),
  );
  // The first claim of each run can append nothing from one line on.
  await fleet.database.query(`
    create function fleet.cut() returns trigger language plpgsql as $$
    begin
      if new.epoch = 1 and new.seq >= substring(new.run_id from '^cut(\\d+)')::integer then
        raise exception 'cut';
      end if;
      return new;
    end $$;
    create trigger cut before insert on fleet.ledger_line
      for each row execute function fleet.cut()`);
  const runs = await fleet.submit(tasks);
  fleet.worker(["--concurrency", "8"]);
  await fleet.until(ALL_FINISHED, { seconds: 90 });
  const [row] = await fleet.database.query(
    "select count(*)::integer as cut from fleet.run where epoch = 2",
  );
  assertEquals(row, { cut: lines - 1 });
  for (const [index, run] of runs.entries()) {
    // A local run has another id; everything else is the same.
    const local = await fleet.local(tasks[index] ?? "");
    assertEquals(await fleet.exported(run), local, run);
  }
});

Deno.test("waiting runs hold no job and no worker, and go on when they are answered", async () => {
  await using fleet = await fleetFolder(server);
  const count = isFull ? 1000 : 30;
  const tasks = Array.from(
    { length: count },
    (_, index) =>
      fleet.task(`ask${index}`, [
        [written("draft.txt", "text")],
        [written("published/a.txt", "text")],
        [said("done")],
      ]),
  );
  const runs = await fleet.submit(tasks);
  const worker = fleet.worker(["--concurrency", "4"]);
  await fleet.until("bool_and(state = 'waiting')", { seconds: 30 + count });
  const [jobs] = await fleet.database.query(
    "select count(*)::integer as live from fleet_jobs.job where state < 'completed'",
  );
  assertEquals(jobs, { live: 0 });
  const [row] = await fleet.database.query(
    "select count(*)::integer as held from fleet.run where owner is not null or lease_until is not null",
  );
  assertEquals(row, { held: 0 });
  for (const [index, run] of runs.entries()) {
    const verb = index % 3 === 0 ? "reject" : "approve";
    const answered = await fleet.as("approver", [
      ...["approvals", verb, run, "--by", "ada", "--db", "env"],
    ]);
    assertEquals(answered.code, 0, answered.stderr);
    assertStringIncludes(answered.stdout, "a worker continues it");
  }
  await fleet.until(ALL_FINISHED, { seconds: 30 + count });
  for (const index of [0, 1]) {
    const verb = index % 3 === 0 ? "reject" : "approve";
    assertEquals(
      await fleet.exported(runs[index] ?? ""),
      await fleet.local(tasks[index] ?? "", [verb]),
    );
  }
  assertEquals(await ended(worker), 0);
});

Deno.test("answers that race with the wait are not lost", async () => {
  await using fleet = await fleetFolder(server);
  // Each statement of the wait takes a while, so that answers arrive between them.
  await using between = wire(server.port, 10);
  const tasks = Array.from(
    { length: isFull ? 1000 : 40 },
    (_, index) =>
      fleet.task(`race${index}`, [[written("published/a.txt", "text")]]),
  );
  const runs = await fleet.submit(tasks);
  const url = new URL(fleet.urls.worker);
  url.port = String(between.port);
  fleet.worker(["--concurrency", "8"], { url: url.href });
  await using database = pgDatabase(fleet.urls.approver);
  const store = readStore(database);
  const answered = new Set<unknown>();
  const answering: Promise<void>[] = [];
  async function answer(run: string, afterMs: number): Promise<void> {
    await new Promise((done) => setTimeout(done, afterMs));
    const record = store.run(run);
    const [question] = pendingApprovals(await record.ledger());
    const bound_to = question?.bound_to ?? "";
    await record.addAnswer(
      { bound_to, approver: "ada", verdict: "approved" },
      () => undefined,
    );
  }
  while (answered.size < runs.length) {
    const asked = await fleet.database.query(
      `select run_id from fleet.ledger_line where line like '%"escalate"%'`,
    );
    for (const { run_id } of asked) {
      if (answered.has(run_id)) continue;
      answered.add(run_id);
      answering.push(answer(String(run_id), 15 * (answered.size % 8)));
    }
    await new Promise((done) => setTimeout(done, 10));
  }
  await Promise.all(answering);
  await fleet.until(ALL_FINISHED, { seconds: 30 + runs.length });
  assertEquals(
    await fleet.database.query(
      "select distinct terminal_reason from fleet.run",
    ),
    [{ terminal_reason: "final_answer" }],
  );
  const met = fleet.said().match(/answered meanwhile/g)?.length ?? 0;
  console.log(`${met} of ${runs.length} answers were there before the wait`);
});

Deno.test("a worker leaves alone what its configuration does not name", async () => {
  await using fleet = await fleetFolder(server);
  Deno.writeTextFileSync(
    fleet.place("policy_lax.yaml"),
    Deno.readTextFileSync(fleet.place("policy.yaml"))
      .replace("published/", "nowhere/"),
  );
  const [lax = "", other = "", model = ""] = [
    ...await fleet.submit([fleet.task("lax", [[said("hi")]])], [
      "--policy",
      fleet.place("policy_lax.yaml"),
    ]),
    ...(await fleet.as("submitter", [
      ...["submit", fleet.task("other", [[said("hi")]]), "--tools", "other"],
    ])).stdout.trim().split("\n"),
    ...await fleet.submit([fleet.task("model", [])], [
      "--llm",
      "ollama:small",
    ]),
  ];
  // A submitter may say of a policy what it likes.
  await fleet.database.query(
    "update fleet.run set policy_sha256 = (select policy_sha256 from fleet.run where run_id = $1)",
    [other],
  );
  const [good = ""] = await fleet.submit([fleet.task("good", [[said("hi")]])]);
  fleet.worker();
  await fleet.until(`bool_or(state = 'finished')`);
  await new Promise((done) => setTimeout(done, 1500));
  assertEquals(
    await fleet.database.query(
      "select run_id, epoch from fleet.run where epoch > 0",
    ),
    [{ run_id: good, epoch: 1 }],
  );
  for (const run of [lax, other, model]) {
    const { stdout } = await fleet.as("reader", [
      ...["runs", "show", run, "--db", "env"],
    ]);
    assertStringIncludes(stdout, "state: queued");
  }
});

Deno.test("runs are cancelled on record, whether they are queued, waiting or running", async () => {
  await using fleet = await fleetFolder(server);
  const [queued = "", waiting = "", running = ""] = await fleet.submit([
    fleet.task("queued", [[said("hi")]]),
    fleet.task("waits", [[written("published/a.txt", "text")]]),
    fleet.task(
      "runs",
      Array.from({ length: 30 }, (_, index) => [
        said(`${index}`, { ms: 1000 }),
      ]),
    ),
  ]);
  const cancel = (...runs: readonly string[]) =>
    fleet.as("operator", ["runs", "cancel", ...runs, "--db", "env"]);
  assertEquals((await cancel(queued)).code, 0);
  fleet.worker(["--lease", "5"]);
  await fleet.until(
    `bool_or(run_id = '${waiting}' and state = 'waiting') and bool_or(run_id = '${running}' and lines > 6)`,
  );
  assertEquals((await cancel(waiting, running)).code, 0);
  await fleet.until(ALL_FINISHED);
  assertEquals(
    await fleet.database.query(
      "select distinct terminal_reason from fleet.run",
    ),
    [{ terminal_reason: "cancelled" }],
  );
  assertEquals(
    (await cancel(queued)).stderr,
    `${queued}: it cannot be cancelled: it is finished\n`,
  );
  const verified = await fleet.as("reader", [
    "runs",
    "verify",
    "--all",
    "--db",
    "env",
  ]);
  assertEquals(verified.code, 0, verified.stdout);
});

Deno.test("a call that was cut in the middle is sent again only when it is idempotent", async () => {
  await using fleet = await fleetFolder(server);
  const [again = "", once = ""] = await fleet.submit([
    fleet.task("again", [[said("note", { falls: true })]]),
    fleet.task("once", [[{ tool: "pay", args: { text: "pay", falls: true } }]]),
  ]);
  const started = performance.now();
  for (let worker = fleet.worker(["--lease", "5", "--concurrency", "1"]);;) {
    const isDone = fleet.until(ALL_FINISHED, { seconds: 60 }).then(() => true);
    const isOver = await Promise.race([
      isDone,
      worker.status.then(() => false),
    ]);
    if (isOver) break;
    void isDone.catch(() => {});
    worker = fleet.worker(["--lease", "5", "--concurrency", "1"]);
    assert(performance.now() - started < 90_000);
  }
  const begun = (text: string) =>
    fleet.journal().filter((line) =>
      line.text === text && line.what === "begin"
    );
  const [first, second, ...more] = begun("note");
  assertEquals(first?.idempotency_key, second?.idempotency_key);
  assertEquals(more, []);
  assertEquals(begun("pay").length, 1);
  const artifacts = await fleet.exported(once);
  assertStringIncludes(artifacts.get("state.jsonl") ?? "", '"indeterminate"');
  assertEquals(
    await fleet.exported(again),
    await fleet.local(fleet.place("again.yaml")),
  );
  const incidents = await fleet.database.query(
    "select line from fleet.incident where run_id = $1 order by id",
    [again],
  );
  assertStringIncludes(JSON.stringify(incidents), "sent_again");
});

Deno.test("a database that is away when a call is sent again is no failure of the call", async () => {
  await using fleet = await fleetFolder(server);
  // The first two incidents of this kind find a server that shuts down.
  await awayTwice(
    fleet.database,
    `before insert on fleet.incident for each row when (new.line like '%"sent_again"%')`,
  );
  const task = fleet.task("again", [[said("note", { falls: true })]]);
  const [run = ""] = await fleet.submit([task]);
  const first = fleet.worker(["--lease", "5"]);
  assertEquals((await first.status).signal, "SIGKILL");
  fleet.worker(["--lease", "5"]);
  await fleet.until(ALL_FINISHED, { seconds: 60 });
  assertEquals(await fleet.exported(run), await fleet.local(task));
  const begun = fleet.journal().filter(({ what }) => what === "begin");
  assertEquals(begun.length, 2);
  const [row] = await fleet.database.query(
    "select last_value::integer as tries from fleet.tries",
  );
  assertEquals(row, { tries: 3 });
});

Deno.test("a run over which worker after worker dies is stuck, and tried again when somebody says so", async () => {
  await using fleet = await fleetFolder(server);
  const [run = ""] = await fleet.submit([fleet.task("poison", [[said("hi")]])]);
  const die = () =>
    fleet.database.query(
      `update fleet.run set epoch = epoch + 1, state = 'running', claimed_lines = lines,
         deaths = 2, lease_until = clock_timestamp() - interval '1 minute'`,
    );
  await die();
  const worker = fleet.worker();
  await fleet.until("bool_and(state = 'stuck')");
  const { stdout } = await fleet.as("reader", [
    ...["runs", "show", run, "--db", "env"],
  ]);
  assertStringIncludes(stdout, "state: stuck\n");
  assertEquals(
    (await fleet.as("operator", ["runs", "retry", run, "--db", "env"])).stdout,
    `${run}: queued again\n`,
  );
  await fleet.until(ALL_FINISHED);
  const files = await fleet.database.query("select line from fleet.incident");
  assertStringIncludes(JSON.stringify(files), "its worker died");
  assertEquals(await ended(worker), 0);
});

Deno.test("a worker that is told to end leaves its runs to another one, between two effects", async () => {
  await using fleet = await fleetFolder(server);
  const task = fleet.task(
    "long",
    Array.from({ length: 12 }, (_, index) => [
      said(`${index}`, { ms: 300 }),
    ]),
  );
  const [run = ""] = await fleet.submit([task]);
  const first = fleet.worker();
  await fleet.until("bool_and(lines > 14)");
  assertEquals(await ended(first), 0);
  const [row] = await fleet.database.query(
    "select state, owner from fleet.run",
  );
  assertEquals(row, { state: "queued", owner: null });
  assertStringIncludes(fleet.said(), 'state.jsonl": this process ends\n');
  fleet.worker();
  await fleet.until(ALL_FINISHED);
  const begun = fleet.journal().filter(({ what }) => what === "begin");
  assertEquals(begun.length, 12);
  assertEquals(await fleet.exported(run), await fleet.local(task));
});

Deno.test("a run that was given back goes on before those that were not begun", async () => {
  await using fleet = await fleetFolder(server);
  const ids = ["a", "b", "c", "d", "e"];
  await fleet.submit(
    ids.map((id) =>
      fleet.task(
        id,
        [1, 2, 3, 4, 5].map((step) => [said(`${id} ${step}`, { ms: 300 })]),
      )
    ),
  );
  const one = ["--concurrency", "1"];
  const first = fleet.worker(one);
  await fleet.until("max(lines) > 10");
  assertEquals(await ended(first), 0);
  fleet.worker(one);
  await fleet.until(ALL_FINISHED);
  const begun = fleet.journal().filter(({ what }) => what === "begin")
    .map(({ text }) => text.slice(0, 1));
  // The calls of each run stand beside each other.
  assertEquals(
    begun.filter((id, at) => id !== begun[at - 1]).length,
    ids.length,
    begun.join(""),
  );
});

Deno.test("a run that this program would execute otherwise is left as it is, and says that another version may have begun it", async () => {
  await using fleet = await fleetFolder(server);
  const steps = (text: string) =>
    Array.from(
      { length: 6 },
      (_, step) => [said(`${text} ${step}`, { ms: 200 })],
    );
  const [run = ""] = await fleet.submit([fleet.task("mixed", steps("one"))]);
  const first = fleet.worker();
  await fleet.until("bool_and(lines > 14)");
  assertEquals(await ended(first), 0);
  const lines = () =>
    fleet.database.query("select line from fleet.ledger_line order by seq");
  const before = await lines();
  // What it was begun with is the same, and what follows from it is not.
  await fleet.database.query(
    `update fleet.run set task_text = replace(task_text, 'one 1', 'two 1')`,
  );
  fleet.worker();
  await fleet.until("bool_and(state = 'stuck')", { seconds: 60 });
  assertEquals(await lines(), before);
  const shown = await fleet.as("reader", ["runs", "show", run, "--db", "env"]);
  assertStringIncludes(
    shown.stdout,
    "another version of the program may have begun it",
  );
});
