import { InputError } from "../../tools/data/input_error.ts";
import { loadPolicy } from "../../policy/document/load.ts";
import { type Redaction, redactor } from "../../policy/redaction/redaction.ts";
import { mayHaveKey } from "../policy_key.ts";
import { NO_REDACTION, type ReportRedaction } from "./report_redaction.ts";

/**
 * What the policy of a run leaves out of its report; nothing when its text on
 * record is no policy, as a forged one may be.
 */
export function recordedRedaction(policyText: string): ReportRedaction {
  // Loading takes time that a short run feels.
  if (!mayHaveKey(policyText, "redact")) return NO_REDACTION;
  const redaction = redactionIn(policyText);
  const { patterns = [], paths = [] } = redaction;
  return {
    redact: redactor(redaction),
    patterns: patterns.length,
    paths: paths.length,
  };
}

function redactionIn(policyText: string): Redaction {
  try {
    return loadPolicy(policyText, "the policy on record").document.redact ?? {};
  } catch (error) {
    if (error instanceof InputError) return {};
    throw error;
  }
}
