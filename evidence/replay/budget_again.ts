import { NO_COST } from "../../policy/cost.ts";
import type {
  LoopLimits,
  PolicyDocument,
} from "../../policy/document/document.ts";
import {
  answerBudget,
  type BudgetDenial,
  denialBudget,
  iterationBudget,
  type Spent,
  timeBudget,
} from "../../policy/rules/loop_budget.ts";
import type {
  LlmCompleted,
  RunEvent,
  RunStarted,
} from "../../runtime/record/event.ts";
import { costAfter } from "../../runtime/record/answer_cost.ts";
import { tokensOf } from "../../runtime/record/usage.ts";

/** What a recorded run has used, and the verdict of a budget of the policy that judges it again. */
export interface BudgetState extends Spent {
  /** Calls that were denied. */
  readonly denials: number;
  /** Set where a budget is used up: the run must then stop. */
  readonly denial: BudgetDenial | undefined;
}

/** Before the first event. */
export const NOTHING_SPENT: BudgetState = {
  iterations: 0,
  tokens: 0,
  cost: NO_COST,
  toolCalls: 0,
  seconds: 0,
  denials: 0,
  denial: undefined,
};

/** Takes the next event; a denied call is counted by `afterDenial`. */
export function budgetAfter(
  state: BudgetState,
  event: RunEvent,
  { limits, started }: {
    readonly limits: LoopLimits;
    readonly started: RunStarted;
  },
): BudgetState {
  // Reading a clock takes time, and most policies set no limit to it.
  const spent = limits.max_seconds === undefined ? state : {
    ...state,
    seconds: Number(BigInt(event.ts) - BigInt(started.ts)) / 1e9,
  };
  switch (event.type) {
    case "step_started":
      return { ...spent, denial: iterationBudget(limits, spent) };
    case "llm_completed":
      return afterAnswer(spent, event, { limits, started });
    default:
      return spent;
  }
}

function afterAnswer(
  state: BudgetState,
  event: LlmCompleted,
  { limits, started }: {
    readonly limits: LoopLimits;
    readonly started: RunStarted;
  },
): BudgetState {
  const pricing = { model: started.llm, max_cost: limits.max_cost };
  const spent = {
    ...state,
    iterations: state.iterations + 1,
    tokens: state.tokens + tokensOf(event.usage ?? undefined),
    cost: costAfter(state.cost, event, pricing),
  };
  return {
    ...spent,
    denial: state.denial ?? answerDenial(spent, event, limits),
    toolCalls: state.toolCalls + event.calls.length,
  };
}

/** The verdict of a budget after the model has answered, or the time has passed. */
function answerDenial(
  spent: Spent,
  { calls, error }: LlmCompleted,
  limits: LoopLimits,
): BudgetDenial | undefined {
  if (calls.length > 0) return answerBudget(limits, spent, calls.length);
  return error?.kind === "transient" ? timeBudget(limits, spent) : undefined;
}

/** Counts a call that was denied. */
export function afterDenial(state: BudgetState): BudgetState {
  return { ...state, denials: state.denials + 1 };
}

/**
 * The verdict of the budget of denials. Under a policy that ends the run at
 * once, the first denial uses it up.
 */
export function denialsBudget(
  { on_deny, loop_budget }: PolicyDocument,
  { denials }: BudgetState,
): BudgetDenial | undefined {
  return on_deny === "continue"
    ? denialBudget(loop_budget, denials)
    : denialBudget({ ...loop_budget, max_denials: 0 }, denials);
}
