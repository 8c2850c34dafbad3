import { approval } from "./approval.ts";
import { argSchema } from "./arg_schema.ts";
import { cycleDetection } from "./cycle_detection.ts";
import type { PolicyDocument } from "../document/document.ts";
import type { Rule } from "../rule.ts";
import { sandboxPath } from "./sandbox_path.ts";
import { toolRegistry } from "./tool_registry.ts";
import { urlAllowlist } from "./url_allowlist.ts";

/**
 * Builds the rules that judge each call, in their order of precedence:
 * `arg_schema` denies last, so a forbidden tool is refused as such even when
 * its arguments are wrong too. `approval` denies what a person rejected.
 */
export function callRules(
  policy: PolicyDocument,
): readonly Rule[] {
  return [
    cycleDetection(policy.cycle_detection),
    toolRegistry(policy.tool_registry),
    urlAllowlist(policy.url_allowlist, policy.fetch),
    sandboxPath(),
    argSchema(),
    approval(policy.escalate),
  ];
}
