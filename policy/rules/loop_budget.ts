import type { LoopLimits } from "../document/document.ts";
import type { Metadata } from "../rule.ts";

/** What a run has used so far. */
export interface Spent {
  readonly iterations: number;
  readonly tokens: number;
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
 * `spent` includes the answer's tokens, not its `proposed` calls.
 */
export function answerBudget(
  { max_tokens, max_tool_calls, max_seconds }: LoopLimits,
  spent: Spent,
  proposed: number,
): BudgetDenial | undefined {
  const { tokens, toolCalls } = spent;
  // Not `>`: what is no number is within no limit.
  if (max_tokens !== undefined && !(tokens <= max_tokens)) {
    return {
      rule: "loop_budget",
      reason: `the run has used ${tokens} tokens; ${max_tokens} are allowed`,
      metadata: { limit_kind: "tokens", tokens, max_tokens },
    };
  }
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

/** Asked when a client's call has come in, which `toolCalls` includes; a client has no model that could be asked too often. */
export function clientBudget(
  { max_tool_calls, max_seconds }: LoopLimits,
  { toolCalls, seconds }: Pick<Spent, "toolCalls" | "seconds">,
): BudgetDenial | undefined {
  if (max_tool_calls !== undefined && toolCalls > max_tool_calls) {
    return {
      rule: "loop_budget",
      reason: `${toolCalls} calls were proposed; ${max_tool_calls} are allowed`,
      metadata: {
        limit_kind: "tool_calls",
        tool_calls: toolCalls,
        max_tool_calls,
      },
    };
  }
  return timeBudget({ max_seconds }, { seconds });
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
