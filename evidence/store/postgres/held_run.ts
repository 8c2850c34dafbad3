import { WriteError } from "../write_error.ts";
import type { Claim } from "./claim.ts";
import { type Database, DatabaseError, type Row } from "./database.ts";
import type { Moment } from "./lease_guard.ts";

/** Who is told what happens to a run that is held. */
export interface HolderTold {
  /** Called once when somebody cancels the run. Default: nothing happens. */
  readonly cancelled?: (() => void) | undefined;
  /** Called once when the run is lost to another process. Default: nothing happens. */
  readonly lost?: (() => void) | undefined;
}

/** The answer to a statement. */
export interface Sent {
  /** Its first row; `undefined` when the statement found nothing that it may change. */
  readonly row: Row | undefined;
  /** Whether an earlier answer was lost. */
  readonly isRepeated: boolean;
}

/** A run that this process has claimed, while it writes it. */
export interface HeldRun {
  /**
   * Sends a statement that renews the lease until it is answered or the lease ends.
   *
   * @throws {WriteError} when it cannot be executed in time
   */
  sent(text: string, values: readonly unknown[]): Promise<Sent>;
  /** Calls `work` until it succeeds, the lease ends, or an error is no matter of time. */
  repeated<T>(work: () => Promise<T>): Promise<T>;
  /** Whether the claim still holds. */
  isOurs(): Promise<boolean>;
  /**
   * Throws when the lease may have ended, or was given up.
   *
   * @throws {WriteError} when it is so
   */
  refuseShut(): void;
  /** Gives the run up for a reason. */
  lost(cause: unknown): WriteError;
  /** Gives the run up, since another process has it, or it was finished. */
  fenced(): WriteError;
  /** Whether another process has it. */
  readonly isLost: boolean;
  /** From now on the lease is not renewed by the timer, and what it hears does not count. */
  done(): void;
}

/** The first pause before a statement is repeated, and the longest, in milliseconds. */
const PAUSE_MS = { first: 50, most: 1000 };

/** How often a lease is renewed before it ends. */
const RENEWALS = 3;

/** Planning the append takes longer than executing it. */
const PREPARED = { isPrepared: true };

/**
 * Holds a claimed run: a timer renews its lease during long tools, and so does
 * each statement. A statement whose answer was lost is repeated while the lease
 * lasts. When it may have ended, or the claim was lost, the run is given up for
 * good.
 *
 * @param place how errors name what is written
 */
export function heldRun(
  { database, claim, place, told }: {
    readonly database: Database;
    readonly claim: Claim;
    readonly place: string;
    readonly told: HolderTold;
  },
): HeldRun {
  const { runId, epoch, leaseMs, guard } = claim;
  let { isCancelled } = claim;
  let isLost = false;
  let isDone = false;
  /** Why the run was given up, which everything says from then on. */
  let reason: WriteError | undefined;

  if (isCancelled) told.cancelled?.();
  const renewal = setInterval(renew, leaseMs / RENEWALS);

  function lost(cause: unknown): WriteError {
    guard.shut();
    reason ??= new WriteError(place, cause);
    return reason;
  }

  function fenced(): WriteError {
    if (!isLost) told.lost?.();
    isLost = true;
    guard.shut();
    reason = new WriteError(place, new Error(TAKEN_OVER));
    return reason;
  }

  function refuseShut(): void {
    if (guard.isShut) throw lost(new Error(LEASE_OVER));
  }

  /** Takes in what an acknowledged statement says about the run. */
  function heard(row: Row, began: Moment): void {
    guard.renewed(began);
    if (row.cancel !== true || isCancelled) return;
    isCancelled = true;
    told.cancelled?.();
  }

  /** A renewal that fails is not repeated: the next one, or the guard, sees to it. */
  async function renew(): Promise<void> {
    const began = guard.moment();
    try {
      const [row] = await database.query(RENEW, [runId, epoch, leaseMs]);
      if (isDone) return;
      if (row === undefined) fenced();
      else heard(row, began);
    } catch {
      // As above.
    }
  }

  async function repeated<T>(work: () => Promise<T>): Promise<T> {
    for (
      let pause = PAUSE_MS.first;;
      pause = Math.min(2 * pause, PAUSE_MS.most)
    ) {
      refuseShut();
      try {
        return await work();
      } catch (error) {
        if (error instanceof WriteError) throw error;
        const isFutile = !(error instanceof DatabaseError) ||
          !error.isTransient || guard.remainingMs <= pause;
        if (isFutile) throw lost(error);
      }
      await new Promise((done) => setTimeout(done, pause));
    }
  }

  async function sent(
    text: string,
    values: readonly unknown[],
  ): Promise<Sent> {
    let tries = 0;
    return await repeated(async () => {
      tries += 1;
      const began = guard.moment();
      const [row] = await database.query(text, values, PREPARED);
      if (row !== undefined) heard(row, began);
      return { row, isRepeated: tries > 1 };
    });
  }

  return {
    sent,
    repeated,
    refuseShut,
    lost,
    fenced,
    async isOurs() {
      const { row } = await sent(RENEW, [runId, epoch, leaseMs]);
      return row !== undefined;
    },
    get isLost() {
      return isLost;
    },
    done() {
      isDone = true;
      clearInterval(renewal);
    },
  };
}

const TAKEN_OVER = "another process has taken the run over";

const LEASE_OVER =
  "the lease may have ended, so another process may have taken the run over";

const RENEW = `
update fleet.run set lease_until = clock_timestamp() + $3 * interval '1 millisecond'
where run_id = $1 and epoch = $2 and state = 'running' returning cancel`;
