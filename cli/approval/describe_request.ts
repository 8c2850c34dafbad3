import type { ApprovalRequest } from "../../runtime/approval/approval.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import { foldedJson } from "./folded_json.ts";

/**
 * What a person must see to answer, without control characters: every reason why
 * the policy asks, what would be done, and where each path leads.
 */
export function describeRequest(
  { tool, args, reason, asked, places, policy_version }: ApprovalRequest,
): string {
  return [
    `The policy ${policy_version} leaves a call to you: ${reason}`,
    ...asked.length < 2
      ? []
      : asked.map(({ clause, reason }) => `  asks:      ${clause}: ${reason}`),
    `  tool:      ${tool}`,
    `  arguments: ${foldedJson(args)}`,
    ...places.map(({ path, resolved }) =>
      `  leads to:  ${foldedJson(path)} is ${foldedJson(resolved)}`
    ),
  ].map(terminalLine).join("\n");
}
