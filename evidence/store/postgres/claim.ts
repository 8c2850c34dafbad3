import {
  type Database,
  numberOf,
  type Row,
  type Session,
  textIn,
} from "./database.ts";
import { type Clocks, LeaseGuard, momentOf } from "./lease_guard.ts";

/** Who claims runs, and for how long. */
export interface Claimant {
  /** Names the process in rows and messages. */
  readonly owner: string;
  /** How long a claim lasts without a renewal, in milliseconds. */
  readonly leaseMs: number;
  readonly clocks: Clocks;
}

/** A run that is ours until its lease ends. */
export interface Claim {
  readonly runId: string;
  /** Every statement about the run names it; a later claim has a higher one. */
  readonly epoch: number;
  readonly leaseMs: number;
  /** How many lines were on record. */
  readonly lines: number;
  readonly corpusSha256: string | undefined;
  readonly guard: LeaseGuard;
}

/** Why a run cannot be claimed. */
export type Unclaimed = "missing" | "held" | "finished" | "stuck";

/**
 * Takes a run that nobody holds: one that is queued or waits, or whose holder let
 * the lease end. From then on no statement of an earlier holder changes anything.
 * A holder that died without a new line counts as a death.
 */
export async function claimRun(
  database: Session,
  runId: string,
  claimant: Claimant,
): Promise<Claim | Unclaimed> {
  const taken = momentOf(claimant.clocks);
  const [row] = await database.query(CLAIM, [
    runId,
    claimant.owner,
    claimant.leaseMs,
  ]);
  if (row !== undefined) return claimOf(row, { runId, taken, claimant });
  const [found] = await database.query(
    "select state from fleet.run where run_id = $1",
    [runId],
  );
  const state = textIn(found ?? { state: null }, "state");
  if (state === undefined) return "missing";
  return state === "finished" || state === "stuck" ? state : "held";
}

const CLAIM = `
update fleet.run set
  epoch = epoch + 1, state = 'running', owner = $2, waits_for = null,
  lease_until = clock_timestamp() + $3 * interval '1 millisecond',
  deaths = case
    when lines > claimed_lines then 0
    when state = 'running' then deaths + 1
    else deaths end,
  claimed_lines = lines
where run_id = $1 and (state in ('queued', 'waiting')
  or state = 'running' and lease_until < clock_timestamp())
returning epoch, lines, corpus_sha256`;

function claimOf(
  row: Row,
  { runId, taken, claimant: { leaseMs, clocks } }: {
    readonly runId: string;
    readonly taken: ReturnType<typeof momentOf>;
    readonly claimant: Claimant;
  },
): Claim {
  return {
    runId,
    epoch: numberOf(row, "epoch"),
    leaseMs,
    lines: numberOf(row, "lines"),
    corpusSha256: textIn(row, "corpus_sha256"),
    guard: new LeaseGuard({ leaseMs, clocks, taken }),
  };
}

/** Gives a run back that is still ours, so that others need not wait for the end of the lease. */
export async function releaseRun(
  database: Database,
  { runId, epoch }: Claim,
): Promise<void> {
  await database.query(
    `update fleet.run set state = 'queued', owner = null, lease_until = null
     where run_id = $1 and epoch = $2 and state = 'running'`,
    [runId, epoch],
  );
}
