import { loadPolicy } from "../../../policy/document/load.ts";
import { mayHaveKey } from "../../policy_key.ts";
import { recordedRedaction } from "../../report/recorded_redaction.ts";
import type { PolicyReader } from "../policy_reader.ts";

/** Reads the policy on record with this program's own parser of policies. */
export const policyReader: PolicyReader = {
  redaction: recordedRedaction,
  expiresSeconds,
};

function expiresSeconds(policyText: string): number | undefined {
  if (!mayHaveKey(policyText, "expires_seconds")) return undefined;
  try {
    const { document } = loadPolicy(policyText, "the policy on record");
    return document.approval?.expires_seconds;
  } catch {
    // A text that is no policy has no say.
    return undefined;
  }
}
