import { setImmediate } from "node:timers";
import type { Approver } from "../../runtime/approval/approval.ts";
import { type Env, virtualClock } from "../../runtime/env.ts";

/** A time limit in real time. */
function deadline(ms: number, expired: () => void): Disposable {
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

/** Lets what has happened outside be heard of: a signal, an answer over the network. */
export function heed(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * The environment of a run whose model is not really asked: its clock moves only
 * when it is read or slept on, so the record is the same every time. Sleeps and
 * deadlines may take real time too, as they must when a real server is on the
 * other side; without it, only `expire` reaches a deadline.
 */
export function deterministicEnv(
  start: bigint,
  { signal, sleeps, deadlines, resolve, approver, outage }: {
    readonly signal: AbortSignal;
    readonly approver?: Approver | undefined;
    /** Whether sleeping takes real time, now. */
    readonly sleeps: () => boolean;
    /** Whether deadlines are those of a real clock. */
    readonly deadlines: boolean;
    readonly resolve: Env["resolve"];
    readonly outage?: Env["outage"];
  },
): Env & { expire(): void } {
  const clock = virtualClock(start);
  return {
    ...outage === undefined ? {} : { outage },
    now: clock.now,
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
 * The environment of a run whose model is really asked: real time, from `start`
 * on when the run was begun before. Its clock never goes back.
 */
export function realEnv(
  start: bigint,
  world: Pick<Env, "signal" | "resolve" | "approver">,
): Env & { expire(): void } {
  let last = start;
  return {
    ...world,
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
    // No tool of a real run hangs on purpose.
    expire() {},
  };
}
