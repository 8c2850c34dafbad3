import type { ArtifactName, ArtifactSink } from "../../artifacts.ts";
import { isObject } from "../../../tools/data/json.ts";
import { WriteError } from "../write_error.ts";
import { approvalsText } from "./beside_rows.ts";
import { type Claim, releaseRun } from "./claim.ts";
import {
  type Database,
  DatabaseError,
  numberOf,
  type Row,
  type Session,
  textOf,
} from "./database.ts";
import type { Moment } from "./lease_guard.ts";
import type { FileChange } from "./sandbox_changes.ts";

/** Where a claimed run is written. */
export interface RowSinkOptions {
  readonly database: Database;
  readonly claim: Claim;
  /** The lines on record, without their ends: the first lines appended must equal them. */
  readonly known: readonly string[];
  /** What tools changed in the sandbox since it was asked last. */
  readonly changes: () => readonly FileChange[];
  /**
   * Whether what `handOver` is called for is on its way when it returns, and on
   * record when `sync` does, so that receipts travel while the next step begins. Only
   * for a loop that tells nobody a result before the next effect. Default: it is
   * on record when `handOver` is done.
   */
  readonly isPipelined?: boolean | undefined;
  /** Called once when somebody cancels the run. Default: nothing happens. */
  readonly cancelled?: (() => void) | undefined;
  /** Called when an append was acknowledged, with how long it took, in milliseconds. Default: nothing happens. */
  readonly appended?: ((ms: number) => void) | undefined;
  /** Called once when the run is lost to another process. Default: nothing happens. */
  readonly lost?: (() => void) | undefined;
}

/** A sink over rows. */
export type RowSink = ArtifactSink & AsyncDisposable & {
  /** As of any sink. */
  handOver(): Promise<void>;
  /** From now on the run stops before its next step or effect, so that another process may go on with it. */
  leave(): void;
  /**
   * Lets the run wait for an answer to a question, in one transaction with
   * `settle`. `isAnswered` looks at the answers in it: where one counts already,
   * nothing changes. Returns whether the run waits.
   */
  waitFor(
    boundTo: string,
    what: {
      readonly isAnswered: (answers: string) => boolean;
      readonly settle: (session: Session) => Promise<void>;
    },
  ): Promise<boolean>;
  /** Why the run stopped on purpose: this process ends, or effects are paused; `undefined` when it did not. */
  readonly stopped: "leaving" | "paused" | undefined;
};

/** The first pause before a statement is repeated, and the longest, in milliseconds. */
const PAUSE_MS = { first: 50, most: 1000 };

/** How often a lease is renewed before it ends. */
const RENEWALS = 3;

/**
 * Writes a claimed run into rows. Each piece of ledger is appended by one
 * statement that holds only while the claim does, renews the lease, and carries
 * the files that tools changed before the receipts in it. Trace and report are
 * not written: they are made again from the ledger. A timer renews the lease
 * during long tools. Before the run goes on, the lease must have a while left;
 * else, and when the claim was lost, the sink shuts for good and every member
 * throws a `WriteError`. A statement whose answer was lost is repeated, and what
 * is on record then is compared.
 *
 * This module is one of the few that touch a database; disposing of the sink
 * gives an unfinished run back.
 */
export function rowSink(
  { database, claim, known, changes, isPipelined = false, ...told }:
    RowSinkOptions,
): RowSink {
  const { runId, epoch, leaseMs, guard } = claim;
  const place = `${runId}/state.jsonl`;
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let unfinished = "";
  let manifest = "";
  let made = 0;
  let pending: string[] = [];
  let last: string | undefined = known.at(-1);
  let isLost = false;
  let isDone = false;
  let isCancelled = claim.isCancelled;
  let isLeaving = false;
  let stopped: RowSink["stopped"];
  /** What tools changed before receipts that are not on record yet, by path. */
  const files = new Map<string, FileChange>();
  /** The work that was begun, one piece after the other. */
  let work: Promise<unknown> = Promise.resolve();
  let begun = 0;
  /** Why a piece of it failed for which nobody waited. */
  let failure: { readonly error: unknown } | undefined;

  if (isCancelled) told.cancelled?.();
  const renewal = setInterval(renew, leaseMs / RENEWALS);

  function lost(cause: unknown): WriteError {
    guard.shut();
    return new WriteError(place, cause);
  }

  /** Another process has the run, or it was finished, so nothing of ours counts. */
  function fenced(): WriteError {
    if (!isLost) told.lost?.();
    isLost = true;
    return lost(new Error("another process has taken the run over"));
  }

  function refuseShut(): void {
    if (!guard.isShut) return;
    throw lost(
      new Error(
        isLost
          ? "another process has taken the run over"
          : "the lease may have ended, so another process may have taken the run over",
      ),
    );
  }

  /** Takes in what an acknowledged statement says about the run. */
  function heard(row: Row, began: Moment): void {
    guard.renewed(began);
    if (row.cancel !== true || isCancelled) return;
    isCancelled = true;
    told.cancelled?.();
  }

  /** Ends the work of this process on the run; what is not on record yet is dropped. */
  function stop(why: NonNullable<RowSink["stopped"]>, message: string) {
    stopped ??= why;
    return lost(new Error(message));
  }

  /** Sends a statement that renews the lease until it is answered or the lease ends. */
  async function sent(
    text: string,
    values: readonly unknown[],
  ): Promise<{ readonly row: Row | undefined; readonly isRepeated: boolean }> {
    let pause = PAUSE_MS.first;
    for (let isRepeated = false;; isRepeated = true) {
      refuseShut();
      const began = guard.moment();
      try {
        const [row] = await database.query(text, values);
        if (row !== undefined) heard(row, began);
        return { row, isRepeated };
      } catch (error) {
        const isFutile = !(error instanceof DatabaseError) ||
          !error.isTransient || guard.remainingMs <= pause;
        if (isFutile) throw lost(error);
      }
      await new Promise((done) => setTimeout(done, pause));
      pause = Math.min(2 * pause, PAUSE_MS.most);
    }
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

  function takeLine(line: string): void {
    const seq = made;
    made += 1;
    const onRecord = known[seq];
    if (onRecord === undefined) {
      pending.push(line);
      last = line;
    } else if (onRecord !== line) {
      throw new RangeError(
        `Cannot go on: line ${seq + 1} of the ledger is not what was written`,
      );
    }
  }

  /** Does a piece of work when those before it are done; `isLast` says whether others wait behind it. */
  function inTurn<T>(piece: (isLast: () => boolean) => Promise<T>): Promise<T> {
    begun += 1;
    const number = begun;
    const done = work.then(() => piece(() => number === begun));
    work = done.catch(() => {});
    return done;
  }

  /** Notes what tools changed, before another one runs. */
  function look(): void {
    if (!pending.some(isReceipt)) return;
    for (const change of changedFiles()) files.set(change.path, change);
  }

  /** Has everything on record that is there by now. */
  async function flush(): Promise<void> {
    if (failure !== undefined) throw failure.error;
    refuseShut();
    look();
    await inTurn(() => flushNow());
    refuseShut();
  }

  /** Sends what is there by now and lets the run go on meanwhile. */
  function send(): void {
    if (failure !== undefined) throw failure.error;
    refuseShut();
    look();
    inTurn(async (isLast) => {
      // Whoever waits behind this sends it with what is its own.
      if (isLast()) await flushNow();
    }).catch((error) => {
      failure ??= { error };
    });
  }

  async function flushNow(): Promise<void> {
    refuseShut();
    const begins = pending.length > 0 && goesOn(pending.at(-1) ?? "");
    if (isLeaving && begins) {
      await appendBut(1);
      throw stop("leaving", "this process ends");
    }
    if (await appendBut(0) === "paused") {
      await appendBut(1);
      throw stop("paused", "effects are paused");
    }
  }

  /** Appends the lines that wait, but for some last ones; `paused` when the last announces an effect and none may begin. */
  async function appendBut(left: 0 | 1): Promise<"done" | "paused"> {
    const lines = pending.slice(0, pending.length - left);
    const end = lines.at(-1);
    if (end === undefined) return "done";
    const from = made - pending.length;
    // What stands behind an announced effect has not happened yet.
    const changed = lines.some(isReceipt) ? [...files.values()] : [];
    const began = guard.moment();
    const { row } = await sent(APPEND, [
      runId,
      epoch,
      leaseMs,
      from + lines.length,
      headOf(end),
      from,
      lines,
      changed.map(({ path }) => path),
      changed.map(({ content }) => content ?? null),
      isIntent(end),
    ]);
    if (row === undefined) {
      if (isIntent(end) && await isOurs()) return "paused";
      throw fenced();
    }
    told.appended?.(guard.moment().monotonic - began.monotonic);
    if (numberOf(row, "appended") < lines.length) {
      await compareStored(from, lines);
    }
    pending = pending.slice(lines.length);
    for (const change of changed) {
      // A later receipt may have brought another one meanwhile.
      if (files.get(change.path) === change) files.delete(change.path);
    }
    return "done";
  }

  /** Whether the claim still holds. */
  async function isOurs(): Promise<boolean> {
    const { row } = await sent(RENEW, [runId, epoch, leaseMs]);
    return row !== undefined;
  }

  function changedFiles(): readonly FileChange[] {
    try {
      return changes();
    } catch (cause) {
      throw lost(cause);
    }
  }

  /** After a lost answer: what is on record must be what was sent. */
  async function compareStored(
    from: number,
    lines: readonly string[],
  ): Promise<void> {
    const stored = await database.query(
      "select line from fleet.ledger_line where run_id = $1 and seq >= $2 order by seq",
      [runId, from],
    );
    const isSame = stored.length === lines.length &&
      stored.every((row, index) => textOf(row, "line") === lines[index]);
    if (!isSame) throw lost(new Error("other lines are on record there"));
  }

  return {
    append(name: ArtifactName, bytes) {
      if (name === "manifest.json") manifest += decoder.decode(bytes);
      if (name !== "state.jsonl") return;
      refuseShut();
      const [rest = "", ...lines] = (unfinished + decoder.decode(bytes))
        .split("\n").reverse();
      unfinished = rest;
      for (const line of lines.reverse()) takeLine(line);
    },
    async handOver() {
      // An intent is on record before anything comes of it, even of a tool that says
      // that it only reads; and a process that leaves begins nothing beside it.
      const mayTravel = !isLeaving && !isIntent(pending.at(-1) ?? "");
      if (isPipelined && mayTravel) send();
      else await flush();
    },
    sync: flush,
    leave() {
      isLeaving = true;
    },
    get stopped() {
      return stopped;
    },
    async waitFor(boundTo, { isAnswered, settle }) {
      await flush();
      for (let pause = PAUSE_MS.first;; pause *= 2) {
        refuseShut();
        try {
          const waits = await database.transaction(async (session) => {
            const [row] = await session.query(
              "select state from fleet.run where run_id = $1 and epoch = $2 for update",
              [runId, epoch],
            );
            // A lost answer: it waits already, or was answered since.
            if (row?.state === "waiting") return true;
            if (row?.state !== "running") throw fenced();
            const answers = await approvalsText(session, runId) ?? "";
            if (isAnswered(answers)) return false;
            await session.query(WAIT, [runId, epoch, boundTo]);
            await settle(session);
            return true;
          });
          isDone = waits;
          return waits;
        } catch (error) {
          const isFutile = !(error instanceof DatabaseError) ||
            !error.isTransient || guard.remainingMs <= pause;
          if (isFutile) throw error instanceof WriteError ? error : lost(error);
        }
        await new Promise((done) => setTimeout(done, pause));
      }
    },
    async commit() {
      await flush();
      const finished: unknown = JSON.parse(last ?? "null");
      const reason = isObject(finished) ? finished.terminal_reason : undefined;
      const { row, isRepeated } = await sent(FINISH, [
        runId,
        epoch,
        typeof reason === "string" ? reason : null,
        manifest,
      ]);
      // A lost answer leaves the run finished by this claim.
      if (row === undefined && !(isRepeated && await isFinished())) {
        throw fenced();
      }
      isDone = true;
    },
    async [Symbol.asyncDispose]() {
      await work;
      clearInterval(renewal);
      if (isDone || isLost) return;
      isDone = true;
      guard.shut();
      // The lease ends by itself where this does not arrive.
      await releaseRun(database, claim).catch(() => {});
    },
  };

  async function isFinished(): Promise<boolean> {
    const [row] = await database.query(
      "select state from fleet.run where run_id = $1 and epoch = $2",
      [runId, epoch],
    );
    return row?.state === "finished";
  }
}

/** Whether a line may be the receipt of a tool, after which files are looked at. */
function isReceipt(line: string): boolean {
  return line.includes('"type":"tool_finished"');
}

/** Whether an effect follows a line. */
function isIntent(line: string): boolean {
  return line.includes('"type":"tool_started"');
}

/** Whether something begins after a line that has not begun yet: a step or an effect. */
function goesOn(line: string): boolean {
  return isIntent(line) || line.includes('"type":"step_started"');
}

/** The hash with which a line ends. */
function headOf(line: string): string | null {
  return /"hash":"([0-9a-f]{64})"\}$/.exec(line)?.[1] ?? null;
}

const RENEW = `
update fleet.run set lease_until = clock_timestamp() + $3 * interval '1 millisecond'
where run_id = $1 and epoch = $2 and state = 'running' returning cancel`;

const WAIT = `
update fleet.run set state = 'waiting', waits_for = $3, owner = null, lease_until = null
where run_id = $1 and epoch = $2 and state = 'running'`;

const FINISH = `
update fleet.run set state = 'finished', terminal_reason = $3, manifest = $4,
  finished_at = clock_timestamp(), owner = null, lease_until = null
where run_id = $1 and epoch = $2 and state = 'running' returning epoch`;

const APPEND = `
with held as (
  update fleet.run set lease_until = clock_timestamp() + $3 * interval '1 millisecond',
    lines = $4, head = $5
  where run_id = $1 and epoch = $2 and state = 'running'
    and not ($10 and exists (select from fleet.pause where scope in ('*', run.tenant)))
  returning run_id, cancel
), appended as (
  insert into fleet.ledger_line (run_id, seq, line, epoch)
  select run_id, $6 + line.number - 1, line.text, $2
  from held, unnest($7::text[]) with ordinality as line (text, number)
  on conflict do nothing returning seq
), kept as (
  insert into fleet.run_file (run_id, path, content, seq)
  select run_id, file.path, file.content, $4
  from held, unnest($8::text[], $9::bytea[]) as file (path, content)
  on conflict (run_id, path) do update
    set content = excluded.content, seq = excluded.seq
    where run_file.seq <= excluded.seq
)
select (select count(*)::integer from appended) as appended, cancel from held`;
