import { conditionsOn } from "../conditions/argument_condition.ts";
import type { Condition } from "../conditions/condition.ts";
import type { Escalation } from "../conditions/escalation.ts";
import { firstCondition } from "../conditions/first_conditions.ts";
import { type Judge, judgedBy } from "../conditions/judge.ts";
import { all, type Truth } from "../conditions/truth.ts";
import { clauseOf } from "../clause.ts";
import type { Ask, Proposal, Rule } from "../rule.ts";
import { isNamed } from "../tool_pattern.ts";

/** Leaves to a person what the policy does not decide alone; only the person's answer denies. */
export function approval(escalations: readonly Escalation[] = []): Rule {
  function asksOf(proposal: Proposal, judge: Judge): readonly Ask[] {
    const holds = conditionsOn(proposal);
    const truth = (condition: Condition): Truth => {
      const first = firstCondition(condition);
      return first === undefined ? judge.truth(condition) : holds(first);
    };
    return escalations.flatMap((entry, index) =>
      isNamed(proposal.name, entry.tools) &&
        all((entry.when ?? []).values().map(truth)) !== false
        ? [{
          clause: clauseOf(entry, `escalate[${index}]`),
          reason: entry.reason,
        }]
        : []
    );
  }

  return {
    id: "approval",
    opinion(proposal) {
      if (escalations.length === 0) return undefined;
      const asks = judgedBy(proposal, (judge) => asksOf(proposal, judge));
      return asks.length === 0
        ? undefined
        : { effect: "escalate", asks, metadata: { tool: proposal.name } };
    },
  };
}
