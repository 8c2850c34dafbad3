import { InputError } from "../../tools/data/input_error.ts";
import { loadPolicy } from "../../policy/document/load.ts";
import { contentRedactor } from "../../policy/redaction/content_redaction.ts";
import { type Redaction, redactor } from "../../policy/redaction/redaction.ts";
import { mayHaveKey } from "../policy_key.ts";
import { NO_REDACTION, type ReportRedaction } from "./report_redaction.ts";

/**
 * What the policy of a run leaves out of its report; nothing when its text on
 * record is no policy, as a forged one may be.
 */
export function recordedRedaction(policyText: string): ReportRedaction {
  const redaction = redactionIn(policyText);
  const { patterns = [], paths = [] } = redaction;
  if (patterns.length + paths.length === 0) return NO_REDACTION;
  return {
    redact: redactor(redaction),
    content: contentRedactor(redaction),
    patterns: patterns.length,
    paths: paths.length,
  };
}

/** The `redact` of a policy on record; empty when its text is no policy. */
export function redactionIn(policyText: string): Redaction {
  // Loading takes time that a short run feels.
  if (!mayHaveKey(policyText, "redact")) return {};
  try {
    return loadPolicy(policyText, "the policy on record").document.redact ?? {};
  } catch (error) {
    if (error instanceof InputError) return {};
    throw error;
  }
}
