import { PgBoss } from "npm:pg-boss@12.38.0";
import {
  type Database,
  numberOf,
  type Session,
  textOf,
} from "../../evidence/store/postgres/database.ts";
import {
  HEARTBEAT_SECONDS,
  type Job,
  type JobQueue,
  type JobTiming,
} from "./job_queue.ts";

/** Where the package keeps its tables. */
const SCHEMA = "fleet_jobs";

const QUEUE = "run";

/** How often dead holders are looked for, in seconds. */
const MONITOR_SECONDS = 2;

const OPTIONS = {
  schema: SCHEMA,
  // What follows needs rights of an owner, or more of the machine than a worker has.
  schedule: false,
  supervise: false,
  persistWarnings: false,
  monitorVacuum: false,
  reindex: false,
  registerInstance: false,
  monitorIntervalSeconds: MONITOR_SECONDS,
} as const;

/** The rights of the roles; the tables are those that the package makes. */
const GRANTS = `
revoke all on schema ${SCHEMA} from public;
grant usage on schema ${SCHEMA} to fleet_reader, fleet_submitter, fleet_worker, fleet_operator;
grant select on all tables in schema ${SCHEMA} to fleet_reader, fleet_submitter, fleet_worker, fleet_operator;
grant insert on all tables in schema ${SCHEMA} to fleet_submitter;
grant insert, update, delete on all tables in schema ${SCHEMA} to fleet_worker;
grant execute on all functions in schema ${SCHEMA} to fleet_submitter, fleet_worker;`;

function statements(session: Session) {
  return {
    executeSql: async (text: string, values: unknown[] = []) => ({
      rows: [...await session.query(text, values)],
    }),
  };
}

/** Makes the tables of the queue, or brings them to this version; for the owner. */
export async function installQueue(database: Database): Promise<void> {
  const boss = new PgBoss({ ...OPTIONS, db: statements(database) });
  await boss.start();
  try {
    const options = {
      heartbeatSeconds: HEARTBEAT_SECONDS,
      // A run may take days: only silence counts.
      expireInSeconds: 86_000,
      // The rows of the runs say when it is enough.
      retryLimit: 1000,
      deleteAfterSeconds: 3600,
    };
    if (await boss.getQueue(QUEUE) === null) {
      await boss.createQueue(QUEUE, { policy: "exclusive", ...options });
    } else await boss.updateQueue(QUEUE, options);
    await database.query(GRANTS);
  } finally {
    await boss.stop({ graceful: false });
  }
}

/**
 * Opens the queue. The package is loaded with this module, so this module is
 * loaded only when a queue is used.
 */
export async function pgBossQueue(database: Database): Promise<JobQueue> {
  const boss = new PgBoss({
    ...OPTIONS,
    db: statements(database),
    migrate: false,
    createSchema: false,
  });
  // Whatever fails in the background is tried again there.
  boss.on("error", () => {});
  await boss.start();
  const held = ({ id, attempt }: Job) => ({ id, retryCount: attempt });
  const send: JobQueue["send"] = async (session, runId, timing) => {
    const { notBefore } = timing;
    await boss.send(QUEUE, { run_id: runId }, {
      singletonKey: runId,
      priority: jobPriority(timing),
      ...notBefore === undefined ? {} : { startAfter: notBefore },
      db: statements(session),
    });
  };
  const touch: JobQueue["touch"] = async (session, job) => {
    const touched = await boss.touch(QUEUE, held(job), {
      db: statements(session),
    });
    // The package does not declare what it returns.
    return Reflect.get(touched, "affected") === 1;
  };
  return {
    send,
    async sendMissing(session) {
      for (const row of await session.query(WITHOUT_JOB)) {
        await send(session, textOf(row, "run_id"), {
          priority: numberOf(row, "priority"),
          isBegun: row.begun === true,
        });
      }
    },
    async take() {
      const [job] = await boss.fetch<{ readonly run_id: string }>(QUEUE);
      return job === undefined
        ? undefined
        : { id: job.id, attempt: job.retryCount, runId: job.data.run_id };
    },
    async hold(session, job) {
      if (!await touch(session, job)) return false;
      await session.query(BEGUN, [job.id]);
      return true;
    },
    touch,
    async complete(session, job) {
      await boss.complete(QUEUE, held(job), null, { db: statements(session) });
    },
    supervise: () => boss.supervise(QUEUE),
    [Symbol.asyncDispose]: () => boss.stop({ graceful: false }),
  };
}

/** Priorities of jobs are twice those of runs, so that there is one between each two. */
function jobPriority({ priority, isBegun }: JobTiming): number {
  return 2 * priority + (isBegun ? 1 : 0);
}

const BEGUN =
  `update ${SCHEMA}.job set priority = priority | 1 where name = '${QUEUE}' and id = $1`;

const WITHOUT_JOB = `
select run_id, priority, lines > 0 as begun from fleet.run
where (state = 'queued' and not_before <= clock_timestamp()
    or state = 'running' and lease_until < clock_timestamp() - interval '5 seconds')
  and not exists (select from ${SCHEMA}.job where name = '${QUEUE}'
    and singleton_key = run_id and state < 'completed')
order by priority desc, lines > 0 desc, not_before limit 100`;
