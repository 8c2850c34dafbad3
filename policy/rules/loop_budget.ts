import type { Cost } from "../cost.ts";
import type { LoopLimits } from "../document/document.ts";
import type { MaxCost } from "../document/max_cost.ts";
import { moneyText, nanosOf } from "../money.ts";
import type { Metadata } from "../rule.ts";
import { quoted } from "../../tools/data/untrusted_text.ts";

/** What a run has used so far. */
export interface Spent {
  readonly iterations: number;
  readonly tokens: number;
  /** Nothing where the policy limits no cost. */
  readonly cost: Cost;
  readonly toolCalls: number;
  /** Since the run began, by its clock. */
  readonly seconds: number;
}

/** Why a run may not go on. */
export interface BudgetDenial {
  readonly rule: "loop_budget";
  readonly reason: string;
  readonly metadata: Metadata;
}

/** Asked before the model is called: may the run take another step? */
export function iterationBudget(
  { max_iterations, max_seconds }: LoopLimits,
  spent: Spent,
): BudgetDenial | undefined {
  const { iterations } = spent;
  if (iterations >= max_iterations) {
    return {
      rule: "loop_budget",
      reason: `the run has used its ${max_iterations} iterations`,
      metadata: { limit_kind: "iterations", iterations, max_iterations },
    };
  }
  return timeBudget({ max_seconds }, spent);
}

/** Asked whenever the clock was read: may the run go on? */
export function timeBudget(
  { max_seconds }: Pick<LoopLimits, "max_seconds">,
  { seconds }: Pick<Spent, "seconds">,
): BudgetDenial | undefined {
  if (max_seconds === undefined || seconds <= max_seconds) return undefined;
  return {
    rule: "loop_budget",
    reason: `the run has taken more than its ${max_seconds} seconds`,
    metadata: {
      limit_kind: "seconds",
      seconds: Math.floor(seconds),
      max_seconds,
    },
  };
}

/**
 * Asked when the model has answered, before any of its calls is judged.
 * `spent` includes the answer's tokens and cost, not its `proposed` calls.
 */
export function answerBudget(
  { max_tokens, max_cost, max_tool_calls, max_seconds }: LoopLimits,
  spent: Spent,
  proposed: number,
): BudgetDenial | undefined {
  const { tokens, cost, toolCalls } = spent;
  // Not `>`: what is no number is within no limit.
  if (max_tokens !== undefined && !(tokens <= max_tokens)) {
    return {
      rule: "loop_budget",
      reason: `the run has used ${tokens} tokens; ${max_tokens} are allowed`,
      metadata: { limit_kind: "tokens", tokens, max_tokens },
    };
  }
  const tooDear = max_cost && costBudget(max_cost, cost);
  if (tooDear !== undefined) return tooDear;
  const calls = toolCalls + proposed;
  if (max_tool_calls !== undefined && calls > max_tool_calls) {
    return {
      rule: "loop_budget",
      reason:
        `the answer would bring the run to ${calls} proposed tool calls; ${max_tool_calls} are allowed`,
      metadata: { limit_kind: "tool_calls", tool_calls: calls, max_tool_calls },
    };
  }
  return timeBudget({ max_seconds }, spent);
}

/** May a run go on after answers that cost so much? What has no price is within no limit. */
function costBudget(
  { amount, currency }: MaxCost,
  { nanos, unpriced }: Cost,
): BudgetDenial | undefined {
  const limit = nanosOf(amount);
  const max_cost = moneyText(limit, currency);
  if (unpriced !== undefined) {
    const { model, tokens } = unpriced;
    const what = tokens === "all" ? "an answer" : "writing to the cache";
    return {
      rule: "loop_budget",
      reason: `the policy has no price for ${what} of ${
        quoted(model)
      }, and limits the cost to ${max_cost}`,
      metadata: { limit_kind: "cost", model, unpriced: tokens, max_cost },
    };
  }
  if (nanos <= limit) return undefined;
  const cost = moneyText(nanos, currency);
  return {
    rule: "loop_budget",
    reason: `the run has cost ${cost}; ${max_cost} are allowed`,
    metadata: { limit_kind: "cost", cost, max_cost },
  };
}

/** How many denied calls a run survives when the policy does not say. */
const DEFAULT_MAX_DENIALS = 10;

/** Asked after each denied call when the run goes on: may the model try again? */
export function denialBudget(
  { max_denials = DEFAULT_MAX_DENIALS }: LoopLimits,
  denials: number,
): BudgetDenial | undefined {
  if (denials <= max_denials) return undefined;
  return {
    rule: "loop_budget",
    reason: `${denials} calls were denied; the run survives ${max_denials}`,
    metadata: { limit_kind: "denials", denials, max_denials },
  };
}
