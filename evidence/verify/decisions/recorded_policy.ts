import type { PolicyDocument } from "../../../policy/document/document.ts";
import { loadPolicy } from "../../../policy/document/load.ts";
import { mayHaveKey } from "../../policy_key.ts";
import { recordedRedaction } from "../../report/recorded_redaction.ts";
import type { PolicyReader } from "../policy_reader.ts";

/** Reads the policy on record with this program's own parser of policies. */
export const policyReader: PolicyReader = {
  redaction: recordedRedaction,
  expiresSeconds(policyText) {
    return documentWith("expires_seconds", policyText)?.approval
      ?.expires_seconds;
  },
  maxCost(policyText) {
    return documentWith("max_cost", policyText)?.loop_budget.max_cost;
  },
};

/** The policy in a text, if it may have the key; a text that is no policy has no say. */
function documentWith(
  key: "expires_seconds" | "max_cost",
  policyText: string,
): PolicyDocument | undefined {
  if (!mayHaveKey(policyText, key)) return undefined;
  try {
    return loadPolicy(policyText, "the policy on record").document;
  } catch {
    return undefined;
  }
}
