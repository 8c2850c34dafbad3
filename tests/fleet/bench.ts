/**
 * Measures a fleet against its own database, in one run: a step against two raw
 * commits, and how many appends a second workers make against the same rows
 * without all this. Prints ratios; times depend on the machine.
 *
 * @module
 */
import { pgDatabase } from "../../evidence/store/postgres/pg_database.ts";
import { type Cluster, cluster } from "./cluster.ts";
import { fleetFolder } from "./fleet_folder.ts";

const STEPS = 30;
const RUNS = 16;

/** Bytes of a line of a step, about. */
const LINE = "x".repeat(400);

/** A table like that of the lines, with a row to renew beside it. */
const TABLES = `
create table public.raw_run (run_id text primary key, lines integer not null) with (fillfactor = 70);
create table public.raw_line (run_id text, seq integer, line text, primary key (run_id, seq))`;

const RAW = `
with held as (update public.raw_run set lines = lines + $3 where run_id = $1 returning run_id)
insert into public.raw_line select run_id, $2 + n, $4 from held, generate_series(0, $3 - 1) as n`;

/** Commits as those of a step: its lines up to the intent, then its receipt. */
async function rawCommits(
  url: string,
  { loops, steps }: { readonly loops: number; readonly steps: number },
): Promise<number> {
  await using database = pgDatabase(url, { connections: loops });
  const name = crypto.randomUUID();
  for (let loop = 0; loop < loops; loop++) {
    await database.query("insert into public.raw_run values ($1, 0)", [
      `${name} ${loop}`,
    ]);
  }
  const started = performance.now();
  await Promise.all(Array.from({ length: loops }, async (_, loop) => {
    for (let step = 0; step < steps; step++) {
      const run = `${name} ${loop}`;
      await database.query(RAW, [run, step * 8, 5, LINE]);
      await database.query(RAW, [run, step * 8 + 5, 3, LINE]);
    }
  }));
  return (performance.now() - started) / 1000;
}

/** How long workers take for the steps of so many runs, in seconds, from the first claim to the last end. */
async function fleetSeconds(
  server: Cluster,
  { workers, concurrency, runs }: {
    readonly workers: number;
    readonly concurrency: number;
    readonly runs: number;
  },
): Promise<{ readonly seconds: number; readonly url: string }> {
  const fleet = await fleetFolder(server);
  const tasks = Array.from(
    { length: runs },
    (_, run) =>
      fleet.task(
        `bench${run}`,
        Array.from({ length: STEPS }, (_, step) => [
          { tool: "note", args: { text: `${step}` } },
        ]),
      ),
  );
  // Workers are up before there is anything to do.
  for (let count = 0; count < workers; count++) {
    fleet.worker(["--concurrency", String(concurrency)]);
  }
  await new Promise((done) => setTimeout(done, 2500));
  await fleet.submit(tasks);
  await fleet.until("bool_and(state = 'finished')", { seconds: 300 });
  const [row] = await fleet.database.query(
    `select extract(epoch from max(finished_at) - min(first))::float8 as seconds,
       avg(extract(epoch from finished_at - first))::float8 as each
     from fleet.run join (select run_id, min(at) as first from fleet.ledger_line
       group by 1) as begun using (run_id)`,
  );
  const seconds = Number(runs === 1 ? row?.each : row?.seconds);
  const url = fleet.urls.owner;
  await fleet[Symbol.asyncDispose]();
  return { seconds, url };
}

async function bench(): Promise<void> {
  await using server = await cluster({ durable: true });
  const url = await server.createDatabase();
  {
    await using database = pgDatabase(url);
    await database.query(TABLES);
  }

  const alone = await fleetSeconds(server, {
    workers: 1,
    concurrency: 1,
    runs: 1,
  });
  const raw = await rawCommits(url, { loops: 1, steps: STEPS });
  console.log(
    `a step: ${
      (alone.seconds / STEPS * 1000).toFixed(1)
    } ms; two raw commits: ${(raw / STEPS * 1000).toFixed(1)} ms; ratio ${
      (alone.seconds / raw).toFixed(2)
    }`,
  );
  for (const workers of [1, 2, 4]) {
    const concurrency = 4;
    const { seconds } = await fleetSeconds(server, {
      workers,
      concurrency,
      runs: RUNS,
    });
    const rawSeconds = await rawCommits(url, {
      loops: workers * concurrency,
      steps: Math.ceil(RUNS * STEPS / (workers * concurrency)),
    });
    const rates = [seconds, rawSeconds].map((each) => RUNS * STEPS / each);
    console.log(
      `${workers} worker${workers === 1 ? "" : "s"}: ${
        rates.map((each) => each.toFixed(0)).join(" of ")
      } steps a second; ${(100 * rawSeconds / seconds).toFixed(0)} %`,
    );
  }
}

await bench();
// The process that ran the commands waits for more of them.
Deno.exit();
