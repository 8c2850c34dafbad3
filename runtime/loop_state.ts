import { offeredTools } from "../policy/offered_tools.ts";
import { type ToolListing, toolListing } from "../policy/tool_listing.ts";
import { type Cost, NO_COST } from "../policy/cost.ts";
import type { BudgetDenial, Spent } from "../policy/rules/loop_budget.ts";
import type { ToolDefinition } from "../tools/tool.ts";
import type { Env } from "./env.ts";
import type { Message } from "./llm/llm.ts";
import type { PolicyChecked } from "./record/event.ts";
import type { TerminalReason } from "./record/vocabulary.ts";
import type { GovernedSpec } from "./run_spec.ts";
import { budgetDenied } from "./session/budget.ts";
import type { Session } from "./session/session.ts";
import { emptyTally, type StepTally } from "./step_tally.ts";

/** How a turn of the loop ends the run. */
export interface RunEnd {
  /** `failed`: the failure catalogue says what the reason is. */
  readonly reason: TerminalReason | "failed";
  readonly answer: string | null;
}

/** What the loop remembers from one step to the next, beside its session. */
export interface LoopState {
  readonly spec: GovernedSpec;
  readonly env: Env;
  /** Judges and runs the calls that the model proposes. */
  readonly session: Session;
  readonly messages: Message[];
  /** What the model is told of the tools. */
  definitions: readonly ToolDefinition[];
  /** How the tools stand in the lists that the run has had. */
  readonly listing: ToolListing;
  /** The number of the step, from 1; 0 before the first one. */
  step: number;
  llmCalls: number;
  tokens: number;
  cost: Cost;
  /** Calls that the model has proposed, whether or not they ran. */
  proposed: number;
  tally: StepTally;
}

/** Starts the conversation of a run. */
export function loopState(
  spec: GovernedSpec,
  { env, session }: Pick<LoopState, "env" | "session">,
): LoopState {
  const listing = toolListing(spec.tools);
  return {
    spec,
    env,
    session,
    messages: [{ role: "user", content: spec.task.question }],
    listing,
    definitions: definitionsOf({ spec, session, listing }),
    step: 0,
    llmCalls: 0,
    tokens: 0,
    cost: NO_COST,
    proposed: 0,
    tally: emptyTally(),
  };
}

/** What a model is told of the tools: it can be looked at, not run. */
export function definitionsOf(
  { spec, session, listing }: Pick<LoopState, "spec" | "session" | "listing">,
): readonly ToolDefinition[] {
  const { tools } = session;
  return offeredTools<ToolDefinition>(spec.policy.document, { tools, listing })
    .map(({ name, description, effects, args }) => ({
      name,
      description,
      effects,
      args,
    }));
}

/** What the run has used, up to the last clock reading. */
export function spent(
  { llmCalls, tokens, cost, proposed, session }: LoopState,
): Spent {
  return {
    iterations: llmCalls,
    tokens,
    cost,
    toolCalls: proposed,
    seconds: session.seconds(),
  };
}

/** Records that a budget of the step is used up. */
export function stepDenied(
  { session, tally }: LoopState,
  denial: BudgetDenial,
): PolicyChecked {
  tally.denials.push(denial.rule);
  return budgetDenied(session, denial);
}
