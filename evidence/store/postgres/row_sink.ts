import type { ArtifactName, ArtifactSink } from "../../artifacts.ts";
import { isObject } from "../../../tools/data/json.ts";
import { approvalsText } from "./beside_rows.ts";
import { type Claim, releaseRun } from "./claim.ts";
import { type Database, numberOf, type Session, textOf } from "./database.ts";
import { heldRun, type HolderTold } from "./held_run.ts";
import { goesOn, headOf, isIntent, isReceipt } from "./line_kind.ts";
import type { FileChange } from "./sandbox_changes.ts";

/** Where a claimed run is written. */
export interface RowSinkOptions extends HolderTold {
  readonly database: Database;
  readonly claim: Claim;
  /** The lines on record, without their ends: the first lines appended must equal them. */
  readonly known: readonly string[];
  /** What tools changed in the sandbox since it was asked last. */
  readonly changes: () => readonly FileChange[];
  /**
   * Whether what `handOver` is called for leaves with the next effect, or as soon as
   * the run waits for something else, and is on record when `sync` is done. Only
   * for a loop that tells nobody a result before the next effect. Default: it is
   * on record when `handOver` is done.
   */
  readonly isPipelined?: boolean | undefined;
  /** Called when an append was acknowledged, with how long it took, in milliseconds. Default: nothing happens. */
  readonly appended?: ((ms: number) => void) | undefined;
}

/** A sink over rows. */
export type RowSink = ArtifactSink & AsyncDisposable & {
  /** As of any sink. */
  handOver(): Promise<void>;
  /** From now on the run stops before its next step or effect, so that another process may go on with it. */
  leave(): void;
  /**
   * Calls what the run needs the database for until it succeeds or the lease ends.
   * Then the run is given up, so that no failure of the database is on record as one
   * of the run.
   *
   * @throws {WriteError} when the run is given up
   */
  repeated<T>(work: () => Promise<T>): Promise<T>;
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

/**
 * Writes a claimed run into rows. Each piece of ledger is appended by one
 * statement that holds only while the claim does, renews the lease, and carries
 * the files that tools changed before the receipts in it. Trace and report are
 * not written: they are made again from the ledger. Before the run goes on, the lease must have a while left;
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
  const held = heldRun({ database, claim, place, told });
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let unfinished = "";
  let manifest = "";
  let made = 0;
  let pending: string[] = [];
  let last: string | undefined = known.at(-1);
  let isDone = false;
  let isLeaving = false;
  let stopped: RowSink["stopped"];
  /** What tools changed before receipts that are not on record yet, by path. */
  const files = new Map<string, FileChange>();
  /** Whether a receipt came after which files were not looked at yet. */
  let isLookDue = false;
  /** The work that was begun, one piece after the other. */
  let work: Promise<unknown> = Promise.resolve();
  /** Starts what may travel, once the run has nothing else to do. */
  let departure: ReturnType<typeof setTimeout> | undefined;
  /** Why a piece of work failed for which nobody waited. */
  let failure: { readonly error: unknown } | undefined;

  function takeLine(line: string): void {
    const seq = made;
    made += 1;
    const onRecord = known[seq];
    if (onRecord === undefined) {
      pending.push(line);
      last = line;
      isLookDue ||= isReceipt(line);
    } else if (onRecord !== line) {
      throw new RangeError(
        `Cannot go on: line ${seq + 1} of the ledger is not what was written`,
      );
    }
  }

  /** The run is not held any more. */
  function done(): void {
    isDone = true;
    held.done();
  }

  /** Ends the work of this process on the run; what is not on record yet is dropped. */
  function stop(why: NonNullable<RowSink["stopped"]>, message: string) {
    stopped ??= why;
    return held.lost(new Error(message));
  }

  /** Does a piece of work when those before it are done. */
  function inTurn<T>(piece: () => Promise<T>): Promise<T> {
    const result = work.then(piece);
    work = result.catch(() => {});
    return result;
  }

  /** Notes what tools changed, before another one runs. */
  function look(): void {
    if (!isLookDue) return;
    isLookDue = false;
    for (const change of changedFiles()) files.set(change.path, change);
  }

  /** Has everything on record that is there by now. */
  async function flush(): Promise<void> {
    if (failure !== undefined) throw failure.error;
    held.refuseShut();
    look();
    await inTurn(flushNow);
    held.refuseShut();
  }

  /**
   * Lets the run go on, and sends what is there once it waits for something else.
   * A next effect that comes before takes it along in its own statement.
   */
  function send(): void {
    if (failure !== undefined) throw failure.error;
    held.refuseShut();
    look();
    departure ??= setTimeout(depart);
  }

  function depart(): void {
    departure = undefined;
    inTurn(flushNow).catch((error) => {
      failure ??= { error };
    });
  }

  async function flushNow(): Promise<void> {
    held.refuseShut();
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
    // What follows an announced effect has not happened yet.
    const changed = lines.some(isReceipt) ? [...files.values()] : [];
    const began = guard.moment();
    const { row } = await held.sent(APPEND, [
      runId,
      epoch,
      leaseMs,
      from + lines.length,
      headOf(end),
      from,
      lines.join("\n"),
      changed.map(({ path }) => path),
      changed.map(({ content }) => content ?? null),
      isIntent(end),
    ]);
    if (row === undefined) {
      if (isIntent(end) && await held.isOurs()) return "paused";
      throw held.fenced();
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

  function changedFiles(): readonly FileChange[] {
    try {
      return changes();
    } catch (cause) {
      throw held.lost(cause);
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
    if (!isSame) throw held.lost(new Error("other lines are on record there"));
  }

  return {
    append(name: ArtifactName, bytes) {
      if (name === "manifest.json") manifest += decoder.decode(bytes);
      if (name !== "state.jsonl") return;
      held.refuseShut();
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
    repeated: held.repeated,
    get stopped() {
      return stopped;
    },
    async waitFor(boundTo, { isAnswered, settle }) {
      await flush();
      const waits = await held.repeated(() =>
        database.transaction(async (session) => {
          const [row] = await session.query(
            "select state from fleet.run where run_id = $1 and epoch = $2 for update",
            [runId, epoch],
          );
          // A lost answer: it waits already, or was answered since.
          if (row?.state === "waiting") return true;
          if (row?.state !== "running") throw held.fenced();
          const answers = await approvalsText(session, runId) ?? "";
          if (isAnswered(answers)) return false;
          await session.query(WAIT, [runId, epoch, boundTo]);
          await settle(session);
          return true;
        })
      );
      if (waits) done();
      return waits;
    },
    async commit() {
      await flush();
      const finished: unknown = JSON.parse(last ?? "null");
      const reason = isObject(finished) ? finished.terminal_reason : undefined;
      const { row, isRepeated } = await held.sent(FINISH, [
        runId,
        epoch,
        typeof reason === "string" ? reason : null,
        manifest,
      ]);
      // A lost answer leaves the run finished by this claim.
      if (row === undefined && !(isRepeated && await isFinished())) {
        throw held.fenced();
      }
      done();
    },
    async [Symbol.asyncDispose]() {
      if (departure !== undefined) {
        clearTimeout(departure);
        depart();
      }
      await work;
      if (isDone) return;
      done();
      if (held.isLost) return;
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
  from held, string_to_table($7, E'\\n') with ordinality as line (text, number)
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
