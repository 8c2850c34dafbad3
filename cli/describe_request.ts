import type { ApprovalRequest } from "../runtime/approval.ts";
import { terminalLine as escaped } from "../tools/data/untrusted_text.ts";

/** What a person must see to answer, a line each, with nothing in it that moves a cursor. */
export function describeRequest(
  { tool, args, reason, policy_version }: ApprovalRequest,
): string {
  const shown = escaped(JSON.stringify(args));
  return [
    `The policy ${policy_version} leaves a call to you: ${escaped(reason)}`,
    `  tool:      ${escaped(tool)}`,
    `  arguments: ${shown}`,
  ].join("\n");
}
