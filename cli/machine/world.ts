import { setImmediate } from "node:timers";
import type { Approver } from "../../runtime/approval/approval.ts";
import { type Env, virtualClock } from "../../runtime/env.ts";

/** A time limit in real time: calls `expired` after so many milliseconds, unless it is disposed of before. */
export function deadline(ms: number, expired: () => void): Disposable {
  const timer = setTimeout(expired, ms);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

/** Waits in real time; rejects when the signal aborts. */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    function stop() {
      clearTimeout(timer);
      reject(signal.reason);
    }
    signal.addEventListener("abort", stop, { once: true });
  });
}

/** Waits one turn of the event loop, so that signals and network answers are handled. */
export function yieldToEvents(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * The environment of a run without a real model: its clock moves only when it is
 * read or slept on, so the record is the same every time. Sleeps and deadlines
 * may take real time too, as they must with a real server; otherwise only
 * `expire` reaches a deadline.
 */
export function deterministicEnv(
  start: bigint,
  { signal, sleeps, deadlines, resolve, approver, outage, toolChanges }: {
    readonly signal: AbortSignal;
    readonly approver?: Approver | undefined;
    /** Whether sleeping takes real time at present. */
    readonly sleeps: () => boolean;
    /** Whether deadlines are those of a real clock. */
    readonly deadlines: boolean;
    readonly resolve: Env["resolve"];
    readonly outage?: Env["outage"];
    readonly toolChanges?: Env["toolChanges"] | undefined;
  },
): Env & { expire(): void } {
  const clock = virtualClock(start);
  return {
    ...outage === undefined ? {} : { outage },
    ...toolChanges === undefined ? {} : { toolChanges },
    now: clock.now,
    inOrder: () => true,
    async sleep(ms, signal) {
      await clock.sleep(ms);
      if (sleeps()) await wait(ms, signal);
    },
    deadline: deadlines ? deadline : clock.deadline,
    expire: clock.expire,
    resolve,
    approver,
    signal,
  };
}

/**
 * The environment of a run with a real model: real time, and at least `start` in
 * a resumed run. Its clock never goes back.
 */
export function realEnv(
  start: bigint,
  { toolChanges, ...world }:
    & Pick<Env, "signal" | "resolve" | "approver">
    & { readonly toolChanges?: Env["toolChanges"] | undefined },
): Env & { expire(): void } {
  let last = start;
  return {
    ...world,
    ...toolChanges === undefined ? {} : { toolChanges },
    now() {
      const ms = Math.round(
        (performance.timeOrigin + performance.now()) * 1000,
      );
      const reading = BigInt(ms) * 1000n;
      if (reading > last) last = reading;
      return last;
    },
    sleep: wait,
    deadline,
    // Faults are for scripted runs only, so no tool hangs on purpose.
    expire() {},
  };
}
