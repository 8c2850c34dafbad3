import type { BudgetDenial } from "../../policy/rules/loop_budget.ts";
import type { Session } from "./session.ts";
import type { PolicyChecked } from "../record/event.ts";

/** Records that a budget is used up, by a call where one is given; its judgement may have begun before. */
export function budgetDenied(
  session: Session,
  { rule, reason, metadata }: BudgetDenial,
  { call, startedAt = session.now() }: {
    readonly call?: number | undefined;
    readonly startedAt?: string;
  } = {},
): PolicyChecked {
  session.totals.policy_checks += 1;
  session.totals.denials += 1;
  return {
    ...session.head(call),
    type: "policy_checked",
    started_at: startedAt,
    call_id: null,
    tool: null,
    decision: "deny",
    rule_id: rule,
    reason,
    metadata,
    call_sha256: null,
    facts: null,
  };
}
