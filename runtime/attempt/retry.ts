import { sha256Text } from "../../tools/data/sha256.ts";
import type { RetryLimits } from "../../policy/document/document.ts";
import type { Attempted } from "./attempt.ts";
import type { AttemptOutcome } from "../record/vocabulary.ts";

/** What one attempt means for the next one. */
export interface RetryVerdict {
  readonly outcome: AttemptOutcome;
  /** Milliseconds to wait before the next attempt; 0 when no attempt follows. */
  readonly backoffMs: number;
}

/**
 * Judges attempt number `attempt` (from 1). Only a transient failure is tried
 * again, at most `max_retries` times, and not before a server asks for it.
 */
export function judgeAttempt(
  attempted: Attempted<unknown>,
  attempt: number,
  { limits, random }: {
    readonly limits: RetryLimits;
    /** Draws from [0, 1). */
    readonly random: () => number;
  },
): RetryVerdict {
  if (attempted.ok || attempted.recorded?.lost) {
    return { outcome: "success", backoffMs: 0 };
  }
  const { kind } = attempted.error;
  if (kind !== "transient") {
    const refused = kind === "permission_denied";
    return { outcome: refused ? kind : "non_retryable", backoffMs: 0 };
  }
  return attempt > limits.max_retries
    ? { outcome: "exhausted", backoffMs: 0 }
    : {
      outcome: "transient_failure",
      backoffMs: Math.max(
        backoffMs(attempt, random(), limits),
        attempted.retryAfterMs ?? 0,
      ),
    };
}

/**
 * The wait after failed attempt `attempt`, in whole milliseconds: exponential
 * up to a cap, give or take 20 %.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const limits = { max_retries: 3, backoff_base_ms: 100, backoff_cap_ms: 300 };
 * assertEquals([1, 2, 3].map((n) => backoffMs(n, 0.5, limits)), [100, 200, 300]);
 * ```
 */
export function backoffMs(
  attempt: number,
  random: number,
  { backoff_base_ms, backoff_cap_ms }: RetryLimits,
): number {
  const delay = Math.min(backoff_base_ms * 2 ** (attempt - 1), backoff_cap_ms);
  return Math.round(delay * (0.8 + 0.4 * random));
}

/**
 * A number in [0, 1) that depends only on its arguments: the first 32 bits of a
 * SHA-256. A resumed run draws the same number again.
 */
export function seededFraction(
  seed: number,
  seq: number,
  attempt: number,
): number {
  const digest = sha256Text(`${seed}:${seq}:${attempt}`);
  return parseInt(digest.slice(0, 8), 16) / 2 ** 32;
}
