import type { Session } from "./session.ts";
import { attempt, type Attempted } from "../attempt/attempt.ts";
import type { AttemptFinished, RunEvent } from "../record/event.ts";
import type { AttemptOutcome } from "../record/vocabulary.ts";
import { judgeAttempt, seededFraction } from "../attempt/retry.ts";

/** Work that was tried, and perhaps tried again. */
export interface Tried<T> {
  /** The last try, or the wait after it when that was cancelled. */
  readonly last: Attempted<T>;
  /** How each try ended, in order; at least one. */
  readonly outcomes: readonly AttemptOutcome[];
}

/**
 * Tries something until it succeeds, has no retry left, fails in a way that a
 * retry cannot fix, or the time is up. Each try is an event; `call_id` is `null`
 * for a model, and `call` not there.
 */
export async function* boundedRetry<T>(
  session: Session,
  {
    call_id,
    call,
    startedAt: firstAt = session.now(),
    leftMs = () => Infinity,
    work,
  }: {
    readonly call_id: AttemptFinished["call_id"];
    readonly call?: number | undefined;
    /** When the first try begins. Default: now. */
    readonly startedAt?: string;
    /** Milliseconds from the last clock reading in which another try may begin. Default: no end. */
    readonly leftMs?: () => number;
    readonly work: () => Promise<Attempted<T>>;
  },
): AsyncGenerator<RunEvent, Tried<T>> {
  const { env, spec, signal } = session;
  const limits = spec.policy.document.retry;
  const outcomes: AttemptOutcome[] = [];
  for (let number = 1;; number++) {
    const startedAt = number === 1 ? firstAt : session.now();
    const attempted = await work();
    const head = session.head(call);
    const { outcome, backoffMs } = judgeAttempt(attempted, number, {
      limits,
      random: () => seededFraction(spec.seed, head.seq, number),
    });
    session.totals.attempts += 1;
    outcomes.push(outcome);
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
    if (outcome !== "transient_failure") return { last: attempted, outcomes };
    const left = leftMs();
    const isLast = backoffMs >= left;
    const slept = await attempt(
      () => env.sleep(isLast ? beyondMs(left) : backoffMs, signal),
      signal,
    );
    if (!slept.ok) return { last: slept, outcomes };
    if (isLast) return { last: attempted, outcomes };
  }
}

/** A wait after which so many milliseconds have passed, by any clock. */
export function beyondMs(left: number): number {
  return Math.max(0, Math.ceil(left) + 1);
}
