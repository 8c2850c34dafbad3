import {
  type Claimant,
  claimOnTerms,
  type Refused,
} from "../../evidence/store/postgres/claim.ts";
import {
  type Database,
  DatabaseError,
  numberOf,
} from "../../evidence/store/postgres/database.ts";
import { dateOf } from "../../evidence/store/postgres/beside_rows.ts";
import { postgresStore } from "../../evidence/store/postgres/postgres_store.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import type { Output } from "../command/command.ts";
import { wait } from "../machine/world.ts";
import { unacceptedServerIn } from "./accepted_servers.ts";
import { type ClaimedRun, claimedRun, type Settled } from "./claimed_run.ts";
import { untilReached } from "./database_trouble.ts";
import { HEARTBEAT_SECONDS, type Job, type JobQueue } from "./job_queue.ts";
import type { WorkerConfig } from "./worker_config.ts";

/** What a worker works with. */
export interface Worker extends Pick<ClaimedRun, "meters" | "spans"> {
  readonly database: Database;
  readonly queue: JobQueue;
  readonly config: WorkerConfig;
  readonly claimant: Claimant;
  /** A folder for the sandboxes of the runs while they are executed. */
  readonly scratch: string;
  /** How many runs are executed at once. */
  readonly concurrency: number;
  readonly output: Output;
  /** Aborts when the process is to end. */
  readonly leaving: AbortSignal;
  /** Called with each run that was executed for a while. */
  readonly settled: (runId: string, settled: Settled) => void;
}

/** How often to look, in milliseconds. */
const EVERY_MS = { take: 250, supervise: 1000 };

/** When a run is looked at again that cannot be claimed now, in milliseconds. */
const AGAIN_MS: Readonly<Partial<Record<Refused, number>>> = {
  held: 1000,
  paused: 2000,
  tenant_full: 500,
};

/** The same for a run that this worker does not accept, in milliseconds. */
const NOT_ACCEPTED_MS = 5000;

/**
 * Executes runs until the process is to end: each of so many loops takes a job,
 * claims its run, executes it as far as it goes, and settles the job. A run that
 * this worker may not have now gets its job back. While the database cannot be
 * reached, the loops wait for it.
 */
export async function workerLoop(worker: Worker): Promise<void> {
  const clock = await untilReached(
    () => databaseClock(worker.database),
    worker.leaving,
  );
  const loops = Array.from(
    { length: worker.concurrency },
    () => takeJobs(worker, clock),
  );
  await Promise.all([...loops, superviseJobs(worker)]);
}

/** The time of the database, or a little later: answers have that time, and must not seem to be from the future. */
async function databaseClock(database: Database): Promise<() => number> {
  const before = Date.now();
  const [row] = await database.query("select clock_timestamp() as at");
  const ahead = dateOf(row, "at").getTime() + 1 - before;
  return () => Date.now() + ahead;
}

async function takeJobs(worker: Worker, now: () => number): Promise<void> {
  while (!worker.leaving.aborted) {
    const job = await whenReached(() => worker.queue.take());
    if (job === undefined) await pause(worker, EVERY_MS.take);
    else await whenReached(() => handled(worker, job, now));
  }
}

async function superviseJobs(worker: Worker): Promise<void> {
  const { database, queue } = worker;
  while (!worker.leaving.aborted) {
    await whenReached(() => queue.supervise());
    await whenReached(async () => {
      await queue.sendMissing(database);
    });
    await pause(worker, EVERY_MS.supervise);
  }
}

/** What fails because the database is away is done again later by somebody. */
async function whenReached<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DatabaseError && error.isTransient) return undefined;
    throw error;
  }
}

async function pause({ leaving }: Worker, ms: number): Promise<void> {
  await wait(ms, leaving).catch(() => {});
}

async function handled(
  worker: Worker,
  job: Job,
  now: () => number,
): Promise<void> {
  const { database, queue, config, claimant } = worker;
  const { runId } = job;
  const claim = await claimOnTerms(database, runId, {
    claimant,
    terms: {
      policies: config.policies,
      models: config.models.map(({ llm }) => llm),
      tools: [...config.tools.keys()],
      unaccepted: (task) => unacceptedServerIn(task, config.servers),
      maxDeaths: config.maxDeaths,
    },
    isOurs: (session) => queue.hold(session, job),
  });
  if (typeof claim === "string") {
    if (claim === "given_away") return;
    return await settleJob(worker, job, AGAIN_MS[claim]);
  }
  if ("notAccepted" in claim) {
    const { notAccepted } = claim;
    worker.output.note(terminalLine(`${runId}: not taken: ${notAccepted}`));
    return await settleJob(worker, job, NOT_ACCEPTED_MS);
  }
  if (claim.isTakeover) worker.meters.takenOver();
  using _beats = heartbeat(worker, job);
  const store = postgresStore({
    database,
    scratch: worker.scratch,
    claimant,
    isPipelined: true,
  });
  const record = store.run(runId);
  const run: ClaimedRun = {
    claim,
    record,
    database,
    config,
    output: worker.output,
    leaving: worker.leaving,
    meters: worker.meters,
    spans: worker.spans,
    now,
    complete: (session) => queue.complete(session, job),
  };
  const settled = await claimedRun(run);
  removeFolder(`${worker.scratch}/${runId}`);
  worker.settled(runId, settled);
  switch (settled.how) {
    case "waiting":
      return;
    case "again":
      return await settleJob(worker, job, settled.afterMs);
    case "lost":
      worker.meters.fenced();
      return await settleJob(worker, job, AGAIN_MS.held);
    case "finished":
    case "stuck":
      return await settleJob(worker, job, undefined);
  }
}

/**
 * Completes a job that is still ours; with a time, the run gets another one after about
 * that. Not after exactly that: workers look at regular times, so that the same one
 * would be the first each time, also where only another one accepts the run.
 */
async function settleJob(
  { database, queue }: Worker,
  job: Job,
  afterMs: number | undefined,
): Promise<void> {
  await database.transaction(async (session) => {
    if (!await queue.touch(session, job)) return;
    await queue.complete(session, job);
    if (afterMs === undefined) return;
    const [row] = await session.query(
      `select priority, lines > 0 as begun,
         clock_timestamp() + $2 * (0.5 + random()) * interval '1 millisecond' as at
       from fleet.run where run_id = $1`,
      [job.runId, afterMs],
    );
    if (row === undefined) return;
    await queue.send(session, job.runId, {
      priority: numberOf(row, "priority"),
      isBegun: row.begun === true,
      notBefore: dateOf(row, "at"),
    });
  });
}

/** Says that the holder of a job lives, while it is executed. */
function heartbeat({ database, queue }: Worker, job: Job): Disposable {
  const timer = setInterval(
    () => void queue.touch(database, job).catch(() => {}),
    HEARTBEAT_SECONDS * 1000 / 4,
  );
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function removeFolder(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
