import type { RunEvent } from "../../runtime/record/event.ts";

/** Shorter waits are not reported, in milliseconds. */
const NOTABLE_MS = 1000;

/**
 * Says that a model failed and when it is asked again; `undefined` when it is
 * not, or without a long wait.
 */
export function describeWait(event: RunEvent): string | undefined {
  if (event.type !== "attempt_finished" || event.call_id !== null) return;
  const { backoff_ms, error } = event;
  if (backoff_ms < NOTABLE_MS || error === null) return;
  const what = /^\d+$/.test(error.type)
    ? `answered HTTP ${error.type}`
    : `failed (${error.type})`;
  return `the model ${what}; to be asked again in ${
    Math.round(backoff_ms / 1000)
  } s`;
}
