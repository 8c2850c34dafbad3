import type { Address } from "../policy/facts.ts";
import type { Approver } from "./approval/approval.ts";
import type { RecordedError, RunEvent } from "./record/event.ts";
import type { AfterOutage } from "./llm/model_outage.ts";
import type { ToolsChange } from "./session/tools_change.ts";
import type { ToolDefinition } from "../tools/tool.ts";

/** The outside world, as far as the calls of a session need it. */
export interface SessionEnv {
  /** Nanoseconds since the Unix epoch; never less than before. */
  now(): bigint;
  /** Waits `ms` milliseconds between attempts; should reject with the signal's reason when it aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Calls `expired` when `ms` milliseconds have passed, unless it is disposed of before. */
  deadline(ms: number, expired: () => void): Disposable;
  /**
   * Looks up the addresses of a URL's host before a call that would fetch it may
   * run; `undefined` when it is served without a network. A host that cannot be
   * looked up is denied.
   */
  resolve(
    url: URL,
    signal: AbortSignal,
  ): Promise<readonly Address[] | undefined>;
  /**
   * Whether calls run one after the other whatever the policy allows, as under a
   * clock that only moves when it is read: the order of events must not depend on
   * the machine. Default: false.
   */
  inOrder?(): boolean;
  /** The event that comes next in the record which the run follows, if it follows one. */
  next?(): RunEvent | undefined;
  /**
   * How the list of tools differs from `tools` by now, where servers serve them;
   * `undefined` while it does not. Default: it never does.
   */
  toolChanges?(
    tools: ReadonlyMap<string, ToolDefinition>,
  ): Promise<ToolsChange | undefined>;
  /** Cancels the run, which then ends on record as `cancelled`. */
  readonly signal: AbortSignal;
  /** Answers escalations; without one they are rejected. */
  readonly approver?: Approver | undefined;
}

/** The outside world, as far as the loop needs it. */
export interface Env extends SessionEnv {
  /**
   * Says how a run continues after its model was unavailable in every allowed
   * try. Default: the run stops and can be resumed; a run that follows a
   * cassette ends.
   */
  outage?(error: RecordedError): AfterOutage;
}

/** A clock that only moves when it is read or slept on. */
export interface VirtualClock {
  /** Nanoseconds since the Unix epoch, 1 ms (1,000,000 ns) more with each reading. */
  now(): bigint;
  /**
   * Moves the clock on by `ms` milliseconds and resolves at once.
   *
   * @throws {RangeError} when `ms` is not a whole number
   */
  sleep(ms: number): Promise<void>;
  /** A time limit that only `expire` reaches. */
  deadline(ms: number, expired: () => void): Disposable;
  /** Lets time pass until the deadline that was set last; does nothing without one. */
  expire(): void;
}

const NANOSECONDS_PER_MS = 1_000_000n;

/**
 * Makes the clock of deterministic runs. Its first reading is `start`, each
 * further one 1 ms later; sleeping moves it on and takes no time.
 */
export function virtualClock(start: bigint): VirtualClock {
  let next = start;
  const open: { readonly ms: number; readonly expired: () => void }[] = [];
  return {
    now() {
      const reading = next;
      next += NANOSECONDS_PER_MS;
      return reading;
    },
    sleep(ms) {
      next += BigInt(ms) * NANOSECONDS_PER_MS;
      return Promise.resolve();
    },
    deadline(ms, expired) {
      const entry = { ms, expired };
      open.push(entry);
      return {
        [Symbol.dispose]() {
          open.splice(open.indexOf(entry), 1);
        },
      };
    },
    expire() {
      const last = open.at(-1);
      if (last === undefined) return;
      next += BigInt(last.ms) * NANOSECONDS_PER_MS;
      last.expired();
    },
  };
}
