import type { WrittenApproval } from "../../approval/approval_file.ts";
import { type Incident, incidentLine } from "../../recording/incident.ts";
import { type Row, type Session, textOf } from "./database.ts";

/** Adds an answer; without a time it gets that of the database, which an approver's role may not choose. */
export async function addApproval(
  session: Session,
  { name, answer: { bound_to, approver, verdict }, at }: {
    readonly name: string;
    readonly answer: Omit<WrittenApproval, "v" | "timestamp">;
    readonly at: Date | undefined;
  },
): Promise<void> {
  const values = [name, bound_to, approver, verdict];
  await (at === undefined
    ? session.query(
      "insert into fleet.approval (run_id, bound_to, approver, verdict) values ($1, $2, $3, $4)",
      values,
    )
    : session.query(
      "insert into fleet.approval (run_id, bound_to, approver, verdict, at) values ($1, $2, $3, $4, $5)",
      [...values, at.toISOString()],
    ));
}

/** The text of `approvals.jsonl`; `undefined` when nothing was answered. */
export async function approvalsText(
  session: Session,
  runId: string,
): Promise<string | undefined> {
  const rows = await session.query(
    "select bound_to, approver, verdict, at from fleet.approval where run_id = $1 order by id",
    [runId],
  );
  const lines = rows.map((row) => {
    const line: WrittenApproval = {
      v: 1,
      timestamp: dateOf(row, "at").toISOString(),
      bound_to: textOf(row, "bound_to"),
      approver: textOf(row, "approver"),
      verdict: textOf(row, "verdict"),
    };
    return `${JSON.stringify(line)}\n`;
  });
  return lines.length === 0 ? undefined : lines.join("");
}

/** The text of `incidents.jsonl`; `undefined` when there was none. */
export async function incidentsText(
  session: Session,
  runId: string,
): Promise<string | undefined> {
  const rows = await session.query(
    "select line from fleet.incident where run_id = $1 order by id",
    [runId],
  );
  return rows.length === 0
    ? undefined
    : rows.map((row) => `${textOf(row, "line")}\n`).join("");
}

/** The time of the database, which all processes share. */
export async function databaseTime(database: Session): Promise<Date> {
  const [row] = await database.query("select clock_timestamp() as at");
  return dateOf(row, "at");
}

/** Adds an incident. */
export async function addIncidentRow(
  session: Session,
  runId: string,
  { incident, at }: { readonly incident: Incident; readonly at: Date },
): Promise<void> {
  await session.query(
    "insert into fleet.incident (run_id, line) values ($1, $2)",
    [runId, incidentLine(incident, at.toISOString()).slice(0, -1)],
  );
}

/**
 * The column of a row as a time.
 *
 * @throws {TypeError} when it is none
 */
export function dateOf(row: Row | undefined, column: string): Date {
  const value = row?.[column];
  if (value instanceof Date) return value;
  throw new TypeError(`Expected a time in the column "${column}"`);
}
