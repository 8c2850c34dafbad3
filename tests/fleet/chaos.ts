import { assert, assertEquals } from "@std/assert";
import type { Cluster } from "./cluster.ts";
import { filesOf, fleetFolder, type ScriptedCall } from "./fleet_folder.ts";
import type { JournalLine } from "./journal_tools.ts";
import { wire } from "./wire.ts";

/** What happens to how many runs. */
export interface Chaos {
  readonly runs: number;
  readonly workers: number;
  readonly concurrency: number;
  /** Steps of a run, and how long each takes, in milliseconds. */
  readonly steps: number;
  readonly stepMs: number;
  /** How often something happens to a worker, in milliseconds. */
  readonly everyMs: number;
  /** How long a paused worker is stopped, in milliseconds. */
  readonly pauseMs: number;
  /** Whether workers are killed. */
  readonly kills: boolean;
  /** How often the server crashes. */
  readonly crashes: number;
  /** How long the network of all workers is cut once, in milliseconds; 0 for never. */
  readonly cutMs: number;
  /** How late answers of the server are, in milliseconds: a worker that is paused meanwhile believes them when it wakes. */
  readonly delayMs: number;
  readonly seed: number;
  /** The longest that it may take, in seconds. */
  readonly seconds: number;
}

/** What was seen. */
export interface Seen {
  readonly kills: number;
  readonly pauses: number;
  readonly crashes: number;
  readonly takeovers: number;
  readonly sentAgain: number;
  /** Effects that began after their receipt was on record. */
  readonly late: number;
}

/** A small generator of numbers, so that a seed gives the same disturbances. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function script(runs: Pick<Chaos, "steps" | "stepMs">, index: number) {
  // Runs of one length would all be at the same place at a time.
  const ms = runs.stepMs + 37 * (index % 8);
  const steps: (readonly ScriptedCall[])[] = Array.from(
    { length: runs.steps },
    (_, step) => [
      { tool: "note", args: { text: `${index} ${step}`, ms } },
      { tool: "write", args: { path: `${step % 3}.txt`, content: `${step}` } },
    ],
  );
  // A tenth of them waits for a person.
  if (index % 10 === 0) {
    steps.splice(1, 0, [
      { tool: "write", args: { path: "published/a.txt", content: "text" } },
    ]);
  }
  return steps;
}

/**
 * Executes runs while workers are killed and paused, the server crashes and the
 * network is cut, and checks what must hold all the same.
 */
export async function chaos(server: Cluster, given: Chaos): Promise<Seen> {
  await using fleet = await fleetFolder(server);
  await using between = wire(server.port, given.delayMs);
  const draw = random(given.seed);
  const tasks = Array.from(
    { length: given.runs },
    (_, index) => fleet.task(`run${index}`, script(given, index)),
  );
  const runs = await fleet.submit(tasks);
  const url = new URL(fleet.urls.worker);
  url.port = String(between.port);
  // The driver would give up a statement when it wakes; the guard must not need that.
  url.searchParams.set("query_timeout", "60000");
  const start = () =>
    fleet.worker(
      ["--lease", "5", "--concurrency", String(given.concurrency)],
      { url: url.href },
    );
  const workers = Array.from({ length: given.workers }, start);
  const fallen: string[] = [];
  const seen = { kills: 0, pauses: 0, crashes: 0 };
  const startedAt = Date.now();
  let isCut = given.cutMs === 0;

  /** A worker ends when it is killed, and never by itself. */
  for (const worker of workers) watched(worker);

  function watched(worker: Deno.ChildProcess): Deno.ChildProcess {
    void worker.status.then(({ signal }) => {
      if (signal !== "SIGKILL") fallen.push(fleet.said());
    });
    return worker;
  }

  /** One disturbance. */
  async function disturb(): Promise<void> {
    const at = Math.floor(draw() * workers.length);
    const worker = workers[at];
    const what = draw();
    const progress = (Date.now() - startedAt) / (given.seconds * 1000);
    if (seen.crashes < given.crashes && what < 0.15) {
      seen.crashes += 1;
      await server.crash();
    } else if (!isCut && (what < 0.3 || progress > 0.3)) {
      isCut = true;
      between.cut();
      await new Promise((done) => setTimeout(done, given.cutMs));
      between.mend();
    } else if (given.kills && what < 0.65) {
      seen.kills += 1;
      worker?.kill("SIGKILL");
      await worker?.status;
      workers[at] = watched(start());
    } else {
      seen.pauses += 1;
      worker?.kill("SIGSTOP");
      setTimeout(() => {
        try {
          worker?.kill("SIGCONT");
        } catch {
          // It was killed meanwhile.
        }
      }, given.pauseMs);
    }
  }

  async function answerAll(): Promise<void> {
    const rows = await fleet.database.query(
      "select run_id, waits_for from fleet.run where state = 'waiting'",
    ).catch(() => []);
    for (const row of rows) {
      await fleet.database.query(
        "insert into fleet.approval (run_id, bound_to, approver, verdict) values ($1, $2, 'ada', 'approved')",
        [row.run_id, row.waits_for],
      ).catch(() => {});
    }
  }

  async function unfinished(): Promise<number> {
    const rows = await fleet.database.query(
      "select run_id from fleet.run where state <> 'finished'",
    ).catch(() => undefined);
    return rows?.length ?? given.runs;
  }

  // Nothing happens before the runs are under way.
  await fleet.until("avg(lines) > 10");
  let next = Date.now();
  while (await unfinished() > 0) {
    assert(
      Date.now() - startedAt < given.seconds * 1000,
      `not finished in time: ${
        JSON.stringify(
          await fleet.database.query(
            "select run_id, state, epoch, lines, deaths, lease_until from fleet.run where state <> 'finished' limit 5",
          ),
        )
      }`,
    );
    assertEquals(fallen, []);
    await answerAll();
    if (Date.now() > next) {
      await disturb();
      next = Date.now() + given.everyMs;
    }
    await new Promise((done) => setTimeout(done, 100));
  }

  await checkArtifacts(fleet, { tasks, runs });
  const journal = fleet.journal();
  const receipts = await receiptTimes(fleet);
  const begun = journal.filter(({ what }) => what === "begin");
  const late = begun.filter(({ idempotency_key, at }) =>
    at > (receipts.get(idempotency_key) ?? Infinity)
  );
  const [counts] = await fleet.database.query(
    `select (select sum(epoch - 1)::integer from fleet.run) as takeovers,
       (select count(*)::integer from fleet.incident where line like '%"sent_again"%') as again`,
  );
  const repeats = repeated(begun);
  // Each repeat had the same key, and was announced before it began.
  assertEquals(
    new Set(begun.map((each) => each.text)).size,
    given.runs * given.steps,
  );
  assertEquals(repeats.otherKeys, []);
  const sentAgain = Number(counts?.again);
  assert(
    repeats.count <= sentAgain,
    `${repeats.count} repeats, ${sentAgain} incidents`,
  );
  return {
    ...seen,
    takeovers: Number(counts?.takeovers),
    sentAgain,
    late: late.length,
  };
}

/** Every run left what an undisturbed one leaves. */
async function checkArtifacts(
  fleet: Awaited<ReturnType<typeof fleetFolder>>,
  { tasks, runs }: {
    readonly tasks: readonly string[];
    readonly runs: readonly string[];
  },
): Promise<void> {
  const out = fleet.place("all");
  const exported = await fleet.as("reader", [
    ...["runs", "export", ...runs, "--db", "env", "--out", out],
  ]);
  assertEquals(exported.code, 0, exported.stderr);
  for (const [index, run] of runs.entries()) {
    const answers = index % 10 === 0 ? ["approve"] : [];
    const task = tasks[index] ?? "";
    assertEquals(
      filesOf(`${out}/${run}`),
      await fleet.local(task, answers),
      run,
    );
  }
}

/** When the receipt of each call was on record at the latest, by its key. */
async function receiptTimes(
  fleet: Awaited<ReturnType<typeof fleetFolder>>,
): Promise<ReadonlyMap<string, number>> {
  const rows = await fleet.database.query(
    `select intent.line::json ->> 'idempotency_key' as key,
       extract(epoch from receipt.at)::float8 * 1000 as at
     from fleet.ledger_line intent join fleet.ledger_line receipt
       on receipt.run_id = intent.run_id
       and receipt.line::json ->> 'type' = 'tool_finished'
       and receipt.line::json ->> 'call' = intent.line::json ->> 'call'
     where intent.line::json ->> 'type' = 'tool_started'`,
  );
  return new Map(
    rows.map(({ key, at }): [string, number] => [String(key), Number(at)]),
  );
}

function repeated(begun: readonly JournalLine[]) {
  const keys = new Map<string, string>();
  const otherKeys: string[] = [];
  let count = 0;
  for (const { text, idempotency_key } of begun) {
    const before = keys.get(text);
    if (before === undefined) keys.set(text, idempotency_key);
    else if (before === idempotency_key) count += 1;
    else otherKeys.push(text);
  }
  return { count, otherKeys };
}
