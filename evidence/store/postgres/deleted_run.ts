import { type Database, type Session, textOf } from "./database.ts";
import { noteOperation } from "./run_orders.ts";

const PAGE = 200;

/** The runs that finished before a moment, by their id. */
export async function* finishedBefore(
  database: Session,
  before: string,
): AsyncGenerator<string, void> {
  for (let after = "";;) {
    const rows = await database.query(
      `select run_id from fleet.run
       where state = 'finished' and finished_at < $1 and run_id > $2 collate "C"
       order by run_id collate "C" limit ${PAGE}`,
      [before, after],
    );
    for (const row of rows) yield textOf(row, "run_id");
    if (rows.length < PAGE) return;
    after = textOf(rows.at(-1), "run_id");
  }
}

/**
 * Deletes a finished run whose last line has this hash, and documents that no
 * other run has. Returns whether there was such a run.
 */
export async function deleteRun(
  database: Database,
  runId: string,
  head: string,
): Promise<boolean> {
  return await database.transaction(async (session) => {
    const [run] = await session.query(
      `delete from fleet.run where run_id = $1 and state = 'finished' and head = $2
       returning corpus_sha256`,
      [runId, head],
    );
    if (run === undefined) return false;
    for (const table of ["ledger_line", "run_file", "approval", "incident"]) {
      await session.query(`delete from fleet.${table} where run_id = $1`, [
        runId,
      ]);
    }
    await session.query(
      `delete from fleet.corpus where sha256 = $1
         and not exists (select from fleet.run where corpus_sha256 = $1)`,
      [run.corpus_sha256],
    );
    await noteOperation(session, "prune", `${runId} ${head}`);
    return true;
  });
}
