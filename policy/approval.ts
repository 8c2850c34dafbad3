import { conditionsOn } from "./argument_condition.ts";
import type { Escalation } from "./escalation.ts";
import type { Rule } from "./rule.ts";

/** Leaves to a person what the policy does not decide alone; only the person's answer denies. */
export function approval(escalations: readonly Escalation[] = []): Rule {
  return {
    id: "approval",
    opinion(proposal) {
      const { name } = proposal;
      const holds = conditionsOn(proposal);
      const reasons = escalations
        .filter(({ tools, when = [] }) =>
          tools.includes(name) && when.every(holds)
        )
        .map(({ reason }) => reason);
      if (reasons.length === 0) return undefined;
      return {
        effect: "escalate",
        reason: reasons.join("; "),
        metadata: { tool: name },
      };
    },
  };
}
