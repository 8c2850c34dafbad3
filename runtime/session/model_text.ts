import type { CallOutcome } from "./call_outcome.ts";
import type { CallAllowed, CallResult } from "./call_result.ts";

/**
 * Tells a model, as JSON, what came of its call: what the tool returned, that it was
 * denied, by which rule and why, or why it failed.
 */
export function modelText(result: CallResult): string {
  return result.type === "allowed"
    ? '{"accepted":"the tool runs elsewhere; its result is not there yet"}'
    : outcomeText(result);
}

/** The same of a call that is over, and after which others may come. */
export function outcomeText(
  outcome:
    | Exclude<CallResult, CallAllowed>
    | Exclude<CallOutcome, { readonly type: "ended" }>,
): string {
  switch (outcome.type) {
    case "result":
      return outcome.json;
    case "reported":
    case "failed":
      return JSON.stringify({ error: outcome.error.message });
    case "denied": {
      const { rule, reason } = outcome;
      return JSON.stringify({ denied: { rule, reason } });
    }
  }
}
