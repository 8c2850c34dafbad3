import { unusable } from "../../../tools/data/input_error.ts";
import { type Database, type Session, textIn } from "./database.ts";

/** Keeps what an operator did. */
export async function noteOperation(
  session: Session,
  what: string,
  detail: string,
): Promise<void> {
  await session.query(
    "insert into fleet.operation (what, detail) values ($1, $2)",
    [what, detail],
  );
}

/**
 * Cancels a run: it ends as `cancelled`, on record. A worker that executes it
 * hears of it with its next statement; otherwise the next worker does it.
 *
 * @throws {InputError} when there is no such run, or it has ended
 */
export async function cancelRun(
  database: Database,
  runId: string,
): Promise<void> {
  await database.transaction(async (session) => {
    const [row] = await session.query(
      `update fleet.run set cancel = true,
         state = case when state = 'waiting' then 'queued' else state end,
         not_before = least(not_before, clock_timestamp())
       where run_id = $1 and state in ('queued', 'running', 'waiting')
       returning state`,
      [runId],
    );
    if (row === undefined) throw await notSo(session, runId, "cancelled");
    await noteOperation(session, "cancel", runId);
  });
}

/**
 * Lets a run that is stuck be tried again, as often as at first.
 *
 * @throws {InputError} when there is no such run, or it is not stuck
 */
export async function retryRun(
  database: Database,
  runId: string,
): Promise<void> {
  await database.transaction(async (session) => {
    const [row] = await session.query(
      `update fleet.run set state = 'queued', deaths = 0,
         not_before = clock_timestamp()
       where run_id = $1 and state = 'stuck' returning state`,
      [runId],
    );
    if (row === undefined) throw await notSo(session, runId, "tried again");
    await noteOperation(session, "retry", runId);
  });
}

async function notSo(session: Session, runId: string, what: string) {
  const [row] = await session.query(
    "select state from fleet.run where run_id = $1",
    [runId],
  );
  const state = textIn(row ?? { state: null }, "state");
  return unusable(
    runId,
    state === undefined
      ? "there is no such run in the database"
      : `it cannot be ${what}: it is ${state}`,
  );
}
