import { InputError } from "../../tools/data/input_error.ts";
import { loadPolicy } from "../../policy/document/load.ts";
import type { Redaction } from "../../policy/redaction/redaction.ts";
import type { RunStarted } from "../../runtime/record/event.ts";

/**
 * What the policy of a run leaves out of spans and report; nothing when its text
 * on record is no policy, as a forged one may be.
 */
export function recordedRedaction(
  { policy: { text } }: Pick<RunStarted, "policy">,
): Redaction {
  // Loading takes time that a short run feels. The key can be spelled otherwise
  // only with an escape.
  if (!text.includes("redact") && !text.includes("\\")) return {};
  try {
    return loadPolicy(text, "the policy on record").document.redact ?? {};
  } catch (error) {
    if (error instanceof InputError) return {};
    throw error;
  }
}
