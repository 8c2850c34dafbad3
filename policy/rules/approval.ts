import { conditionsOn } from "../conditions/argument_condition.ts";
import type { Condition } from "../conditions/condition.ts";
import type { Escalation } from "../conditions/escalation.ts";
import { firstCondition } from "../conditions/first_conditions.ts";
import type { Judge } from "../conditions/judge.ts";
import type { Truth } from "../conditions/truth.ts";
import { clauseOf } from "../clause.ts";
import { type JudgedClause, objectionsOf } from "../judged_clause.ts";
import type { Proposal, Rule } from "../rule.ts";
import { isNamed } from "../tool_pattern.ts";
import { clauseMemory } from "./clause_memory.ts";
import { conditionalClause } from "./conditional_clause.ts";

/** Leaves to a person what the policy does not decide alone; only the person's answer denies. */
export function approval(escalations: readonly Escalation[] = []): Rule {
  const clauses = clauseMemory((proposal, judge) =>
    judgedEscalations(escalations, proposal, judge)
  );
  return {
    id: "approval",
    clauses: clauses.of,
    opinion(proposal) {
      if (escalations.length === 0) return undefined;
      const { asking } = clauses.judge(proposal, objectionsOf);
      return asking.length === 0 ? undefined : {
        effect: "escalate",
        asks: asking.map((each) => ({
          clause: clauseOf(each, each.place),
          reason: each.reason,
        })),
        metadata: { tool: proposal.name },
      };
    },
  };
}

function judgedEscalations(
  escalations: readonly Escalation[],
  proposal: Proposal,
  judge: Judge,
): readonly JudgedClause[] {
  const holds = conditionsOn(proposal);
  const truth = (condition: Condition): Truth => {
    const first = firstCondition(condition);
    return first === undefined ? judge.truth(condition) : holds(first);
  };
  return escalations.flatMap(({ id, tools, when = [], reason }, index) =>
    isNamed(proposal.name, tools)
      ? [conditionalClause({
        ...{ place: `escalate[${index}]`, id, reason, truth },
        effect: "escalate",
        conditions: when,
        objectsTo: (whole) => whole !== false,
      })]
      : []
  );
}
