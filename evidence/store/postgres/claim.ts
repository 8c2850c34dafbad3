import {
  type Database,
  numberOf,
  type Row,
  type Session,
  textIn,
  textOf,
} from "./database.ts";
import { addIncidentRow, dateOf } from "./beside_rows.ts";
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
  /** Whether its last holder let the lease end. */
  readonly isTakeover: boolean;
  /** Whether somebody has cancelled it. */
  readonly isCancelled: boolean;
  readonly guard: LeaseGuard;
}

/** Why a run cannot be claimed. */
export type Unclaimed = "missing" | "held" | "finished" | "stuck";

/** What a worker accepts, whatever a submitter asks for. */
export interface Terms {
  /** SHA-256 of the policies, 64 hex digits each. */
  readonly policies: readonly string[];
  /** The models, as `--llm` names them. */
  readonly models: readonly string[];
  /** The names of modules of tools. */
  readonly tools: readonly string[];
  /** Says why a task is not accepted; `undefined` when it is. */
  readonly unaccepted: (taskText: string) => string | undefined;
  /** After so many deaths without a new line in between a run is stuck. */
  readonly maxDeaths: number;
}

/** Why a worker does not get a run now: besides, it waits for a person, is paused, or its tenant has enough. */
export type Refused =
  | Unclaimed
  | "waiting"
  | "paused"
  | "tenant_full"
  | "given_away";

/** A worker does not accept a run. */
export interface NotAccepted {
  /** Why, in words. */
  readonly notAccepted: string;
}

/**
 * Takes a run on the terms of a worker, in one transaction. `isOurs` says, in the
 * transaction, whether the job is still ours: one that was given away claims
 * nothing. The policy counts by its text, not by what a submitter says of it. A
 * worker that accepts the policy of a run and not what else it asks for says so
 * once in the incidents of the run.
 */
export async function claimOnTerms(
  database: Database,
  runId: string,
  { claimant, terms, isOurs }: {
    readonly claimant: Claimant;
    readonly terms: Terms;
    readonly isOurs: (session: Session) => Promise<boolean>;
  },
): Promise<Claim | Refused | NotAccepted> {
  return await database.transaction(async (session) => {
    const [row] = await session.query(LOOK, [runId, terms.policies]);
    if (row === undefined) return "missing";
    if (!await isOurs(session)) return "given_away";
    const state = textOf(row, "state");
    if (state === "finished" || state === "stuck" || state === "waiting") {
      return state;
    }
    if (row.held === true) return "held";
    if (row.accepted !== true) {
      return { notAccepted: "its policy is not in the configuration" };
    }
    const notAccepted = unacceptedIn(row, terms);
    if (notAccepted !== undefined) {
      await noteUnaccepted(session, runId, notAccepted);
      return { notAccepted };
    }
    const deaths = numberOf(row, "died");
    if (deaths >= terms.maxDeaths) {
      await markStuck(session, runId, { deaths, reason: "its worker died" });
      return "stuck";
    }
    if (row.paused === true) return "paused";
    if (await isTenantFull(session, runId, textOf(row, "tenant"))) {
      return "tenant_full";
    }
    const claim = await claimRun(session, runId, claimant);
    return typeof claim === "string"
      ? claim
      : { ...claim, isTakeover: state === "running" };
  });
}

/** How often in a row a run was claimed without getting a new line. */
const DEATHS = `case when lines > claimed_lines then 0
  when state = 'running' then deaths + 1 else deaths end`;

const LOOK = `
select state, tenant,
  state = 'running' and lease_until >= clock_timestamp() as held,
  encode(sha256(convert_to(policy_text, 'UTF8')), 'hex') = any($2) as accepted,
  llm, tools, task_text,
  ${DEATHS} as died,
  exists (select from fleet.pause where scope in ('*', tenant)) as paused
from fleet.run where run_id = $1 for update of run`;

function unacceptedIn(
  row: Row,
  { models, tools, unaccepted }: Terms,
): string | undefined {
  const llm = textIn(row, "llm");
  if (llm !== undefined && !models.includes(llm)) {
    return `the model ${llm} is not in the configuration`;
  }
  const module = textIn(row, "tools");
  if (module !== undefined && !tools.includes(module)) {
    return `the tools ${module} are not in the configuration`;
  }
  return unaccepted(textIn(row, "task_text") ?? "");
}

async function noteUnaccepted(
  session: Session,
  runId: string,
  reason: string,
): Promise<void> {
  const [row] = await session.query(
    `select clock_timestamp() as at where not exists (
       select from fleet.incident where run_id = $1
         and line::json ->> 'type' = 'not_accepted' and line::json ->> 'reason' = $2)`,
    [runId, reason],
  );
  if (row === undefined) return;
  await addIncidentRow(session, runId, {
    incident: { type: "not_accepted", reason },
    at: dateOf(row, "at"),
  });
}

/** Counts strictly: no other worker counts the runs of the tenant until the transaction has ended. */
async function isTenantFull(
  session: Session,
  runId: string,
  tenant: string,
): Promise<boolean> {
  const [limit] = await session.query(
    "select max_running from fleet.tenant where name = $1",
    [tenant],
  );
  if (limit === undefined) return false;
  await session.query(
    "select pg_advisory_xact_lock(hashtextextended('tenant ' || $1, 0))",
    [tenant],
  );
  const [count] = await session.query(
    `select count(*)::integer as running from fleet.run
     where tenant = $1 and state = 'running' and run_id <> $2`,
    [tenant, runId],
  );
  return numberOf(count, "running") >= numberOf(limit, "max_running");
}

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
  deaths = ${DEATHS},
  claimed_lines = lines
where run_id = $1 and (state in ('queued', 'waiting')
  or state = 'running' and lease_until < clock_timestamp())
returning epoch, lines, corpus_sha256, cancel`;

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
    isTakeover: false,
    isCancelled: row.cancel === true,
    guard: new LeaseGuard({ leaseMs, clocks, taken }),
  };
}

/**
 * Gives a run back that could not be executed here, so that it is tried again
 * after a while; after too many tries in a row without a new line it is stuck.
 * Returns whether it is.
 */
export async function failRun(
  database: Database,
  { runId, epoch }: Claim,
  { reason, maxDeaths, afterMs }: {
    /** Why, in words. */
    readonly reason: string;
    readonly maxDeaths: number;
    readonly afterMs: number;
  },
): Promise<boolean> {
  return await database.transaction(async (session) => {
    const [row] = await session.query(
      `update fleet.run set state = 'queued', owner = null, lease_until = null,
         not_before = clock_timestamp() + $3 * interval '1 millisecond',
         deaths = case when lines > claimed_lines then 1 else deaths + 1 end,
         claimed_lines = lines
       where run_id = $1 and epoch = $2 and state in ('running', 'queued')
       returning deaths`,
      [runId, epoch, afterMs],
    );
    if (row === undefined) return false;
    const deaths = numberOf(row, "deaths");
    if (deaths < maxDeaths) return false;
    await markStuck(session, runId, { deaths, reason });
    return true;
  });
}

async function markStuck(
  session: Session,
  runId: string,
  { deaths, reason }: { readonly deaths: number; readonly reason: string },
): Promise<void> {
  const [row] = await session.query(
    `update fleet.run set state = 'stuck', epoch = epoch + 1, deaths = $2,
       owner = null, lease_until = null
     where run_id = $1 returning clock_timestamp() as at`,
    [runId, deaths],
  );
  await addIncidentRow(session, runId, {
    incident: { type: "stuck", tries: deaths, reason },
    at: dateOf(row, "at"),
  });
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
