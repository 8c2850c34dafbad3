import { dateOf } from "./beside_rows.ts";
import {
  numberOf,
  type Row,
  type Session,
  textIn,
  textOf,
} from "./database.ts";

/** The states of a run in a database. */
export const RUN_STATES = [
  "queued",
  "running",
  "waiting",
  "finished",
  "stuck",
] as const;

/** One of them. */
export type RunState = (typeof RUN_STATES)[number];

/** What the row of a run says. */
export interface ListedRun {
  readonly run: string;
  readonly tenant: string;
  readonly priority: number;
  readonly state: RunState;
  /** How many lines are on record. */
  readonly lines: number;
  /** How often it was claimed. */
  readonly epoch: number;
  /** How often in a row it was claimed without getting a new line. */
  readonly tries: number;
  readonly llm: string | null;
  readonly tools: string | null;
  readonly policy_sha256: string | null;
  /** Hash of the last line, 64 hex digits. */
  readonly head: string | null;
  /** The decision of which it waits for an answer. */
  readonly waits_for: string | null;
  readonly terminal_reason: string | null;
  /** Whether somebody cancelled it. */
  readonly cancelled: boolean;
  /** RFC 3339, in UTC. */
  readonly submitted_at: string;
  readonly not_before: string;
  readonly finished_at: string | null;
}

/** Which runs are listed; `undefined` for all. */
export interface RunChoice {
  readonly tenant?: string | undefined;
  readonly state?: RunState | undefined;
}

const PAGE = 500;

const COLUMNS =
  `run_id, tenant, priority, state, lines, epoch, deaths, llm, tools,
  encode(sha256(convert_to(policy_text, 'UTF8')), 'hex') as policy_sha256, head,
  waits_for, terminal_reason, cancel, created_at, not_before, finished_at`;

/** Every chosen run, by its id; a page of them is held at a time. */
export async function* listedRuns(
  database: Session,
  { tenant, state }: RunChoice = {},
): AsyncGenerator<ListedRun, void> {
  for (let after = "";;) {
    const rows = await database.query(
      `select ${COLUMNS} from fleet.run
       where run_id > $1 collate "C" and ($2::text is null or tenant = $2)
         and ($3::text is null or state = $3)
       order by run_id collate "C" limit ${PAGE}`,
      [after, tenant ?? null, state ?? null],
    );
    for (const row of rows) yield listed(row);
    if (rows.length < PAGE) return;
    after = textOf(rows.at(-1), "run_id");
  }
}

/** One run; `undefined` when there is none with this id. */
export async function listedRun(
  database: Session,
  runId: string,
): Promise<ListedRun | undefined> {
  const [row] = await database.query(
    `select ${COLUMNS} from fleet.run where run_id = $1`,
    [runId],
  );
  return row && listed(row);
}

function listed(row: Row): ListedRun {
  return {
    run: textOf(row, "run_id"),
    tenant: textOf(row, "tenant"),
    priority: numberOf(row, "priority"),
    state: stateOf(textOf(row, "state")),
    lines: numberOf(row, "lines"),
    epoch: numberOf(row, "epoch"),
    tries: numberOf(row, "deaths"),
    llm: textIn(row, "llm") ?? null,
    tools: textIn(row, "tools") ?? null,
    policy_sha256: textIn(row, "policy_sha256") ?? null,
    head: textIn(row, "head") ?? null,
    waits_for: textIn(row, "waits_for") ?? null,
    terminal_reason: textIn(row, "terminal_reason") ?? null,
    cancelled: row.cancel === true,
    submitted_at: dateOf(row, "created_at").toISOString(),
    not_before: dateOf(row, "not_before").toISOString(),
    finished_at: row.finished_at === null
      ? null
      : dateOf(row, "finished_at").toISOString(),
  };
}

function stateOf(text: string): RunState {
  const state = RUN_STATES.find((each) => each === text);
  if (state !== undefined) return state;
  throw new TypeError(`Expected a state of a run, found "${text}"`);
}
