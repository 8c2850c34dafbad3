import type { RuleId } from "../../policy/rule.ts";

/** Writes a verdict for people: `allow`, `deny (tool_registry)`, or `deny (argument_rule, deny[2])`. */
export function verdictText(
  { decision, rule_id, clauses = [] }: {
    readonly decision: "allow" | "deny" | "escalate";
    readonly rule_id: RuleId | null;
    readonly clauses?: readonly string[];
  },
): string {
  return rule_id === null
    ? decision
    : `${decision} (${[rule_id, ...clauses].join(", ")})`;
}
