import { type Escalation, holds } from "./escalation.ts";
import type { Rule } from "./rule.ts";

/** Leaves to a person what the policy does not decide alone; only the person's answer denies. */
export function approval(escalations: readonly Escalation[] = []): Rule {
  return {
    id: "approval",
    opinion({ name, args: { value } }) {
      const reasons = escalations
        .filter(({ tools, when = [] }) =>
          tools.includes(name) && when.every((each) => holds(each, value))
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
