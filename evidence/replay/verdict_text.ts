import type { RuleId } from "../../policy/rule.ts";

/** Writes a verdict for people: `allow`, or `deny (tool_registry)`. */
export function verdictText(
  { decision, rule_id }: {
    readonly decision: "allow" | "deny" | "escalate";
    readonly rule_id: RuleId | null;
  },
): string {
  return rule_id === null ? decision : `${decision} (${rule_id})`;
}
