import { assert, assertEquals } from "@std/assert";
import type { Cluster } from "./cluster.ts";
import { filesOf, fleetFolder, type ScriptedCall } from "./fleet_folder.ts";
import type { JournalLine } from "./journal_tools.ts";
import type { Machine } from "./machines.ts";
import { wire } from "./wire.ts";

/** What happens to how many runs. */
export interface Chaos {
  readonly runs: number;
  readonly workers: number;
  readonly concurrency: number;
  /** Steps of a run, and how long each of its calls takes at least, in milliseconds. */
  readonly steps: number;
  readonly stepMs: number;
  /** Whether each step writes a file, too. */
  readonly writes: boolean;
  /** How often something happens, in milliseconds, and how many times at most. */
  readonly everyMs: number;
  readonly times: number;
  /** How long a paused worker is stopped, at least and at most, in milliseconds. */
  readonly pauseMs: readonly [number, number];
  /** Whether workers are killed. */
  readonly kills: boolean;
  /** How often the server crashes at most. */
  readonly crashes: number;
  /** How long the network is cut once, in milliseconds: of all workers, or of those of one machine; 0 for never. */
  readonly cutMs: number;
  /**
   * How late answers of the server are, in milliseconds: a worker that is paused
   * meanwhile believes them when it wakes. Between machines they are never late.
   */
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
  readonly cuts: number;
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

function script(
  runs: Pick<Chaos, "steps" | "stepMs" | "writes">,
  index: number,
) {
  // Runs of one length would all be at the same place at a time.
  const ms = Math.round(runs.stepMs * (1 + 0.37 * (index % 8)));
  const steps: (readonly ScriptedCall[])[] = Array.from(
    { length: runs.steps },
    (_, step) => [
      { tool: "note", args: { text: `${index} ${step}`, ms } },
      ...runs.writes ? [written(`${step % 3}.txt`, `${step}`)] : [],
    ],
  );
  // A tenth of them waits for a person.
  if (index % 10 === 0) {
    steps.splice(1, 0, [written("published/a.txt", "text")]);
  }
  return steps;
}

function written(path: string, content: string): ScriptedCall {
  return { tool: "write", args: { path, content } };
}

/** What is between workers and the server. */
interface Between extends AsyncDisposable {
  /** Where a worker is executed, and how it reaches the server. */
  way(worker: number): { readonly url: string; readonly machine?: Machine };
  cut(): void;
  mend(): void;
}

function between(
  { port, machines }: Cluster,
  { url, delayMs }: { readonly url: string; readonly delayMs: number },
): Between {
  const way = new URL(url);
  // The driver would give up a statement when it wakes; the guard must not need that.
  way.searchParams.set("query_timeout", "60000");
  const [first] = machines;
  if (first !== undefined) {
    return {
      way(worker) {
        const machine = machines[worker % machines.length] ?? first;
        return { url: way.href, machine };
      },
      cut: first.cut,
      mend: first.mend,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  const line = wire(port, delayMs);
  way.port = String(line.port);
  return {
    way: () => ({ url: way.href }),
    cut: line.cut,
    mend: line.mend,
    [Symbol.asyncDispose]: () => line[Symbol.asyncDispose](),
  };
}

/**
 * Executes runs while workers are killed and paused, the server crashes and the
 * network is cut, and checks what must hold all the same.
 */
export async function chaos(server: Cluster, given: Chaos): Promise<Seen> {
  await using fleet = await fleetFolder(server);
  await using network = between(server, {
    url: fleet.urls.worker,
    delayMs: given.delayMs,
  });
  await using later = new AsyncDisposableStack();
  // Workers are killed so often that some runs lose three in a row.
  const config = fleet.place("worker.yaml");
  const patient = Deno.readTextFileSync(config)
    .replace(/max_deaths: \d+/, "max_deaths: 30");
  Deno.writeTextFileSync(config, patient);
  const draw = random(given.seed);
  const tasks = Array.from(
    { length: given.runs },
    (_, index) => fleet.task(`run${index}`, script(given, index)),
  );
  const runs = await fleet.submit(tasks);
  const start = (at: number) =>
    fleet.worker(
      ["--lease", "5", "--concurrency", String(given.concurrency)],
      network.way(at),
    );
  const fallen: string[] = [];
  const workers = Array.from(
    { length: given.workers },
    (_, at) => watched(start(at)),
  );
  const seen = { kills: 0, pauses: 0, crashes: 0, cuts: 0 };
  const startedAt = Date.now();

  /** A worker ends when it is killed, and never by itself. */
  function watched(worker: Deno.ChildProcess): Deno.ChildProcess {
    void worker.status.then(({ signal }) => {
      if (signal !== "SIGKILL") fallen.push(fleet.said());
    });
    return worker;
  }

  const paused = new Set<Deno.ChildProcess>();

  /** One disturbance, of a worker that is not paused; the cut is the third one. */
  async function disturb(number: number): Promise<void> {
    const awake = workers.filter((worker) => !paused.has(worker));
    const worker = awake[Math.floor(draw() * awake.length)];
    const what = draw();
    if (given.cutMs > 0 && number === 3) {
      seen.cuts += 1;
      network.cut();
      const mending = setTimeout(network.mend, given.cutMs);
      later.defer(() => clearTimeout(mending));
    } else if (seen.crashes < given.crashes && what < 0.2) {
      seen.crashes += 1;
      await server.crash();
    } else if (worker === undefined) {
      // All of them are paused.
    } else if (
      given.kills && (what < 0.5 || 2 * awake.length <= workers.length)
    ) {
      seen.kills += 1;
      worker.kill("SIGKILL");
      await worker.status;
      const at = workers.indexOf(worker);
      workers[at] = watched(start(at));
    } else {
      seen.pauses += 1;
      const [least, most] = given.pauseMs;
      // Every second pause is a long one, at the worst moment that there is.
      const isAimed = seen.pauses % 2 === 0;
      const stopped = isAimed ? await aboutToBegin(awake) ?? worker : worker;
      stopped.kill("SIGSTOP");
      paused.add(stopped);
      const waking = setTimeout(() => {
        stopped.kill("SIGCONT");
        paused.delete(stopped);
      }, isAimed ? most : least + draw() * (most - least));
      later.defer(() => clearTimeout(waking));
    }
  }

  /** One of some workers to which the answer is under way that lets an effect begin. */
  async function aboutToBegin(
    among: readonly Deno.ChildProcess[],
  ): Promise<Deno.ChildProcess | undefined> {
    for (let tries = 0; tries < 100; tries++) {
      const rows = await fleet.database.query(
        `select line::json #>> '{args,text}' as text from fleet.ledger_line
         where at > clock_timestamp() - interval '50 milliseconds'
           and line like '%"type":"tool_started"%' and line like '%"tool":"note"%'`,
      ).catch(() => []);
      // The process that made the call before this one.
      const journal = fleet.journal();
      for (const { text } of rows) {
        const run = String(text).replace(/ .*/, " ");
        const before = journal.findLast((line) => line.text.startsWith(run));
        const worker = among.find(({ pid }) => pid === before?.pid);
        if (worker !== undefined) return worker;
      }
      await new Promise((done) => setTimeout(done, 10));
    }
    return undefined;
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
  let disturbances = 0;
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
    if (Date.now() > next && disturbances < given.times) {
      disturbances += 1;
      await disturb(disturbances);
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
  const again = await sentAgain(fleet);
  const [row] = await fleet.database.query(
    "select sum(epoch - 1)::integer as takeovers from fleet.run",
  );
  assertEquals(
    new Set(begun.map((each) => each.text)).size,
    given.runs * given.steps,
  );
  assertEquals(withOtherKeys(begun), []);
  // Each repeat was announced before it began.
  const times = Map.groupBy(begun, (each) => each.idempotency_key);
  assertEquals(
    [...times].filter(([key, { length }]) => length - 1 > (again.get(key) ?? 0))
      .map(([key]) => key),
    [],
  );
  return {
    ...seen,
    takeovers: Number(row?.takeovers),
    sentAgain: again.values().reduce((sum, each) => sum + each, 0),
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

/** How often each call was sent again as the incidents say it, by its key. */
async function sentAgain(
  fleet: Awaited<ReturnType<typeof fleetFolder>>,
): Promise<ReadonlyMap<string, number>> {
  const rows = await fleet.database.query(
    `select intent.line::json ->> 'idempotency_key' as key, count(*)::integer as times
     from fleet.incident join fleet.ledger_line intent
       on intent.run_id = incident.run_id
       and intent.seq = (incident.line::json ->> 'seq')::integer
     where incident.line::json ->> 'type' = 'sent_again' group by 1`,
  );
  return new Map(
    rows.map(({ key, times }): [string, number] => [
      String(key),
      Number(times),
    ]),
  );
}

/** The calls that did not have the same key each time. */
function withOtherKeys(begun: readonly JournalLine[]): readonly string[] {
  return [...Map.groupBy(begun, ({ text }) => text)]
    .filter(([, lines]) =>
      new Set(lines.map((line) => line.idempotency_key)).size > 1
    )
    .map(([text]) => text);
}
