import { conditionsOn } from "../conditions/argument_condition.ts";
import type { Escalation } from "../conditions/escalation.ts";
import type { Rule } from "../rule.ts";

/** Leaves to a person what the policy does not decide alone; only the person's answer denies. */
export function approval(escalations: readonly Escalation[] = []): Rule {
  return {
    id: "approval",
    opinion(proposal) {
      const { name } = proposal;
      const holds = conditionsOn(proposal);
      const asks = escalations.flatMap(({ tools, when = [], reason }, index) =>
        tools.includes(name) && when.every(holds)
          ? [{ clause: `escalate[${index}]`, reason }]
          : []
      );
      return asks.length === 0
        ? undefined
        : { effect: "escalate", asks, metadata: { tool: name } };
    },
  };
}
