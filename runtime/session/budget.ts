import type { BudgetDenial } from "../../policy/rules/loop_budget.ts";
import type { LoopState } from "./session_state.ts";
import type { PolicyChecked } from "../record/event.ts";

/** Records that a budget is used up; it belongs to no call. */
export function budgetDenied(
  state: LoopState,
  { rule, reason, metadata }: BudgetDenial,
): PolicyChecked {
  const startedAt = state.now();
  state.totals.policy_checks += 1;
  state.totals.denials += 1;
  state.tally.denials.push(rule);
  return {
    ...state.head(),
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
