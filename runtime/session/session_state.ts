import { type Gate, openGate } from "../../policy/gate.ts";
import { allowedTools } from "../../policy/policy_hint.ts";
import type { Spent } from "../../policy/rules/loop_budget.ts";
import type { RuleId } from "../../policy/rule.ts";
import type { ToolDefinition } from "../../tools/tool.ts";
import type { Env } from "../env.ts";
import type { EventHead, RunTotals } from "../record/event.ts";
import { NO_TOTALS } from "../record/run_totals.ts";
import type { AttemptOutcome, TerminalReason } from "../record/vocabulary.ts";
import type { Message } from "../llm/llm.ts";
import type { GovernedSpec } from "../run_spec.ts";

/** How a turn of the loop ends the run. */
export interface RunEnd {
  /** `failed`: the failure catalogue says what the reason is. */
  readonly reason: TerminalReason | "failed";
  readonly answer: string | null;
}

/** Counts of one step for the failure catalogue. */
export interface StepTally {
  readonly attempts: AttemptOutcome[];
  readonly denials: RuleId[];
  reported: number;
  unhandled: number;
}

/** What a run remembers from one step to the next. */
export interface LoopState {
  readonly spec: GovernedSpec;
  readonly env: Env;
  readonly messages: Message[];
  readonly gate: Gate;
  readonly definitions: readonly ToolDefinition[];
  readonly totals: { -readonly [Key in keyof RunTotals]: RunTotals[Key] };
  /** Calls that the model has proposed, whether or not they ran. */
  proposed: number;
  step: number;
  tally: StepTally;
  /** The head of the next event; taking it reads the clock. */
  head(): EventHead;
  /** A clock reading, as events carry it. */
  now(): string;
  /** What the run has used, up to the last clock reading. */
  spent(): Spent;
}

/** Starts the state of a run. */
export function loopState(spec: GovernedSpec, env: Env): LoopState {
  let seq = 0;
  let first: bigint | undefined;
  let last = 0n;
  function now(): string {
    last = env.now();
    first ??= last;
    return last.toString();
  }
  const state: LoopState = {
    spec,
    env,
    messages: [{ role: "user", content: spec.task.question }],
    gate: openGate({
      policy: spec.policy.document,
      tools: spec.tools,
      rules: spec.rules,
      inspect: (path) => spec.sandbox.inspect(path),
    }),
    // What a model is given of a tool can be looked at, not run.
    definitions: allowedTools(spec.policy.document, spec.tools.values()).map(
      ({ name, description, effects, args }) => ({
        name,
        description,
        effects,
        args,
      }),
    ),
    totals: { ...NO_TOTALS },
    proposed: 0,
    step: 0,
    tally: emptyTally(),
    head: () => ({ v: 1, seq: seq++, ts: now(), step: state.step }),
    now,
    spent: () => ({
      iterations: state.totals.llm_calls,
      tokens: state.totals.tokens,
      toolCalls: state.proposed,
      seconds: Number(last - (first ?? last)) / 1e9,
    }),
  };
  return state;
}

/** Starts the counts of a step. */
export function emptyTally(): StepTally {
  return { attempts: [], denials: [], reported: 0, unhandled: 0 };
}
