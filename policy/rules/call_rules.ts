import type { ClauseLines } from "../clause.ts";
import { approval } from "./approval.ts";
import { argumentRule } from "./argument_rule.ts";
import { callLimit } from "./call_limit.ts";
import { flow } from "./flow.ts";
import { argSchema } from "./arg_schema.ts";
import { cycleDetection } from "./cycle_detection.ts";
import type { PolicyDocument } from "../document/document.ts";
import type { Rule } from "../rule.ts";
import { sandboxPath } from "./sandbox_path.ts";
import { toolPin } from "./tool_pin.ts";
import { toolRegistry } from "./tool_registry.ts";
import { urlAllowlist } from "./url_allowlist.ts";

/**
 * Builds the rules that judge each call, in their order of precedence:
 * `arg_schema` denies after those that look at the call as it stands, so a
 * forbidden tool is refused as such even when its arguments are wrong too; what
 * follows it sees arguments that fit. `approval` denies what a person rejected.
 * `lines` say where in its file each clause of the policy begins.
 */
export function callRules(
  policy: PolicyDocument,
  lines: ClauseLines = new Map(),
): readonly Rule[] {
  return [
    cycleDetection(policy.cycle_detection),
    toolRegistry(policy.tool_registry),
    toolPin(policy.tool_registry),
    urlAllowlist(policy.url_allowlist, {
      ...policy.fetch,
      unlisted: policy.unlisted_hosts,
    }),
    sandboxPath(),
    argSchema(),
    argumentRule(policy, lines),
    callLimit(policy.call_limits, lines),
    flow(policy.flow, lines),
    approval(policy.escalate),
  ];
}
