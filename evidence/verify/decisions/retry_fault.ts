import type { RetryLimits } from "../../../policy/document/document.ts";
import type { AttemptFinished } from "../../../runtime/record/event.ts";
import { backoffMs, seededFraction } from "../../../runtime/attempt/retry.ts";

/**
 * Why an attempt cannot have ended as it is recorded under the policy's limits: a
 * transient failure is tried again as often as they allow, and not before the wait
 * that they and the seed of the run give; a server may ask for a longer one.
 */
export function retryFault(
  { seq, attempt, outcome, backoff_ms }: AttemptFinished,
  { limits, seed }: { readonly limits: RetryLimits; readonly seed: number },
): string | undefined {
  const isLast = attempt > limits.max_retries;
  if (outcome === "exhausted") {
    return isLast
      ? undefined
      : `attempt ${attempt} is not the last: the policy allows ${limits.max_retries} retries`;
  }
  if (outcome !== "transient_failure") return undefined;
  if (isLast) {
    return `attempt ${attempt} is the last: the policy allows ${limits.max_retries} retries`;
  }
  const least = backoffMs(attempt, seededFraction(seed, seq, attempt), limits);
  return backoff_ms < least
    ? `the wait is ${backoff_ms} ms; by policy and seed it is at least ${least} ms`
    : undefined;
}
