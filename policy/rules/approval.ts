import { conditionsOn } from "../conditions/argument_condition.ts";
import type { Condition } from "../conditions/condition.ts";
import type { Escalation } from "../conditions/escalation.ts";
import { firstCondition } from "../conditions/first_conditions.ts";
import { judgeOf } from "../conditions/judge.ts";
import { all, type Truth } from "../conditions/truth.ts";
import { clauseOf } from "../clause.ts";
import type { Rule } from "../rule.ts";
import { isNamed } from "../tool_pattern.ts";

/** Leaves to a person what the policy does not decide alone; only the person's answer denies. */
export function approval(escalations: readonly Escalation[] = []): Rule {
  return {
    id: "approval",
    opinion(proposal) {
      const { name } = proposal;
      const holds = conditionsOn(proposal);
      const truth = (condition: Condition): Truth => {
        const first = firstCondition(condition);
        return first === undefined
          ? judgeOf(proposal).truth(condition)
          : holds(first);
      };
      const asks = escalations.flatMap((entry, index) =>
        isNamed(name, entry.tools) &&
          all((entry.when ?? []).values().map(truth)) !== false
          ? [{
            clause: clauseOf(entry, `escalate[${index}]`),
            reason: entry.reason,
          }]
          : []
      );
      return asks.length === 0
        ? undefined
        : { effect: "escalate", asks, metadata: { tool: name } };
    },
  };
}
