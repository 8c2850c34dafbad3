/**
 * Measures a fleet against its own database, in one run: a step against two raw
 * commits, and how many steps a second workers do against the same commits
 * without all this. Prints ratios and their targets; times depend on the
 * machine. Workers have done some runs before they are measured.
 *
 * @module
 */
import { pgDatabase } from "../../evidence/store/postgres/pg_database.ts";
import { PROJECT } from "../program.ts";
import { type Cluster, cluster } from "./cluster.ts";
import { fleetFolder } from "./fleet_folder.ts";

/** The most of a step, in pairs of raw commits. */
const MOST_PER_STEP = 1.3;

/** The least of the raw rate that workers reach. */
const LEAST_OF_RAW = 0.35;

/** Each figure is the best of so many. */
const ROUNDS = 3;

const POLICY = `version: 1
on_deny: continue
tool_registry: { allowed: [note], denied: [] }
url_allowlist: []
sandbox: { isolation: process }
arg_schema: { enforcement: strict, max_bytes: 4096, max_depth: 4 }
loop_budget: { max_iterations: 1000, max_tokens: 1000000, max_tool_calls: 1000 }
cycle_detection: { max_repeats: 3, max_period: 2 }
retry: { max_retries: 0, backoff_base_ms: 0, backoff_cap_ms: 0 }
`;

const CONFIG = `policies: [policy.yaml]
tools: { journal: ${PROJECT}tests/fleet/bench_tools.ts }
`;

/** A table like that of the lines, with a row to renew beside it. */
const TABLES = `
create table public.raw_run (run_id text primary key, lines integer not null) with (fillfactor = 70);
create table public.raw_line (run_id text, seq integer, line text, primary key (run_id, seq))`;

const RAW = `
with held as (update public.raw_run set lines = lines + $3 where run_id = $1 returning run_id)
insert into public.raw_line select run_id, $2 + n, $4 from held, generate_series(0, $3 - 1) as n`;

/** Bytes of a line of a step, about. */
const LINE = "x".repeat(400);

/** How many runs, and of how many steps. */
interface Amount {
  readonly runs: number;
  readonly steps: number;
}

/** Seconds for commits as those of a step: its lines up to the intent, then its receipt. */
async function rawSeconds(
  url: string,
  { loops, runs, steps }: Amount & { readonly loops: number },
): Promise<number> {
  await using database = pgDatabase(url, { connections: loops });
  const name = crypto.randomUUID();
  const each = Math.ceil(runs * steps / loops);
  for (let loop = 0; loop < loops; loop++) {
    await database.query("insert into public.raw_run values ($1, 0)", [
      `${name} ${loop}`,
    ]);
  }
  const started = performance.now();
  await Promise.all(Array.from({ length: loops }, async (_, loop) => {
    for (let step = 0; step < each; step++) {
      const run = `${name} ${loop}`;
      await database.query(RAW, [run, step * 8, 5, LINE]);
      await database.query(RAW, [run, step * 8 + 5, 3, LINE]);
    }
  }));
  return (performance.now() - started) / 1000;
}

/** Workers that have done some runs. */
async function workersOf(
  server: Cluster,
  { workers, concurrency }: {
    readonly workers: number;
    readonly concurrency: number;
  },
) {
  const fleet = await fleetFolder(server);
  Deno.writeTextFileSync(fleet.place("policy.yaml"), POLICY);
  Deno.writeTextFileSync(fleet.place("worker.yaml"), CONFIG);
  await using stack = new AsyncDisposableStack();
  stack.use(fleet);
  await fleet.database.query(TABLES);
  for (let count = 0; count < workers; count++) {
    fleet.worker(["--concurrency", String(concurrency)]);
  }
  while (fleet.said().split(" at once").length <= workers) {
    await new Promise((done) => setTimeout(done, 100));
  }
  let batches = 0;

  /** Submits runs and returns the seconds from the first line to the last end, and those of a run. */
  async function seconds({ runs, steps }: Amount) {
    const batch = batches++;
    const ids = await fleet.submit(
      Array.from({ length: runs }, (_, run) =>
        fleet.task(
          `batch${batch}_${run}`,
          Array.from({ length: steps }, (_, step) => [
            { tool: "note", args: { text: `${step}` } },
          ]),
        )),
    );
    await fleet.until("bool_and(state = 'finished')", { seconds: 300 });
    const [row] = await fleet.database.query(
      `select extract(epoch from max(finished_at) - min(first))::float8 as together,
         avg(extract(epoch from finished_at - first))::float8 as each
       from fleet.run join (select run_id, min(at) as first from fleet.ledger_line
         group by 1) as begun using (run_id) where run_id = any($1)`,
      [ids],
    );
    return { together: Number(row?.together), each: Number(row?.each) };
  }

  await seconds({ runs: workers * concurrency * 2, steps: 60 });
  const closing = stack.move();
  return {
    url: fleet.urls.owner,
    seconds,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

function verdict(isMet: boolean): string {
  return isMet ? "met" : "NOT met";
}

async function benchStep(server: Cluster): Promise<void> {
  const amount = { runs: 1, steps: 300 };
  await using fleet = await workersOf(server, { workers: 1, concurrency: 1 });
  const rounds: { readonly step: number; readonly raw: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { each } = await fleet.seconds(amount);
    const raw = await rawSeconds(fleet.url, { loops: 1, ...amount });
    rounds.push({ step: each, raw });
  }
  const [step, raw] = (["step", "raw"] as const).map((what) =>
    Math.min(...rounds.map((round) => round[what])) / amount.steps * 1000
  ) as [number, number];
  const ratio = step / raw;
  console.log(
    `a step: ${step.toFixed(2)} ms; two raw commits: ${
      raw.toFixed(2)
    } ms; ratio ${ratio.toFixed(2)}; at most ${MOST_PER_STEP}: ${
      verdict(ratio <= MOST_PER_STEP)
    }`,
  );
}

async function benchThroughput(
  server: Cluster,
  workers: number,
): Promise<void> {
  const concurrency = 4;
  const amount = { runs: 48, steps: 30 };
  const loops = workers * concurrency;
  await using fleet = await workersOf(server, { workers, concurrency });
  const rates = { fleet: 0, raw: 0 };
  const steps = amount.runs * amount.steps;
  for (let round = 0; round < ROUNDS; round++) {
    const { together } = await fleet.seconds(amount);
    const raw = await rawSeconds(fleet.url, { loops, ...amount });
    rates.fleet = Math.max(rates.fleet, steps / together);
    rates.raw = Math.max(rates.raw, steps / raw);
  }
  const share = rates.fleet / rates.raw;
  console.log(
    `${workers} worker${workers === 1 ? "" : "s"}: ${
      rates.fleet.toFixed(0)
    } of ${rates.raw.toFixed(0)} steps a second; ${
      (100 * share).toFixed(0)
    } %; at least ${100 * LEAST_OF_RAW} %: ${verdict(share >= LEAST_OF_RAW)}`,
  );
}

{
  await using server = await cluster({ durable: true });
  await benchStep(server);
  for (const workers of [1, 2, 4]) await benchThroughput(server, workers);
}
// The process that ran the commands waits for more of them.
Deno.exit();
