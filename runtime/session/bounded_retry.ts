import type { LoopState } from "./session_state.ts";
import { attempt, type Attempted } from "../attempt/attempt.ts";
import type { AttemptFinished, RunEvent } from "../record/event.ts";
import { judgeAttempt, seededFraction } from "../attempt/retry.ts";

/**
 * Tries something until it succeeds, has no retry left, fails in a way that none
 * mends, or the time is up. Each try is an event; `call_id` is `null` for the model.
 */
export async function* boundedRetry<T>(
  state: LoopState,
  { call_id, startedAt: firstAt = state.now(), leftMs = () => Infinity, work }:
    {
      readonly call_id: AttemptFinished["call_id"];
      /** When the first try begins. Default: now. */
      readonly startedAt?: string;
      /** Milliseconds from the last clock reading in which another try may begin. Default: no end. */
      readonly leftMs?: () => number;
      readonly work: () => Promise<Attempted<T>>;
    },
): AsyncGenerator<RunEvent, Attempted<T>> {
  const { env, spec } = state;
  const limits = spec.policy.document.retry;
  for (let number = 1;; number++) {
    const startedAt = number === 1 ? firstAt : state.now();
    const attempted = await work();
    const head = state.head();
    const { outcome, backoffMs } = judgeAttempt(attempted, number, {
      limits,
      random: () => seededFraction(spec.seed, head.seq, number),
    });
    state.totals.attempts += 1;
    // A model that answers late is no failed call: only what ends the run counts.
    if (call_id !== null || outcome === "exhausted") {
      state.tally.attempts.push(outcome);
    }
    yield {
      ...head,
      type: "attempt_finished",
      started_at: startedAt,
      call_id,
      attempt: number,
      outcome,
      backoff_ms: backoffMs,
      error: attempted.ok || outcome === "success" ? null : attempted.error,
    };
    if (outcome !== "transient_failure") return attempted;
    const left = leftMs();
    const isLast = backoffMs >= left;
    const slept = await attempt(
      () => env.sleep(isLast ? beyondMs(left) : backoffMs, env.signal),
      env.signal,
    );
    if (!slept.ok) return slept;
    if (isLast) return attempted;
  }
}

/** A wait after which so many milliseconds have passed, by any clock. */
export function beyondMs(left: number): number {
  return Math.max(0, Math.ceil(left) + 1);
}
