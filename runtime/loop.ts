import { sha256Text } from "../tools/data/sha256.ts";
import { callRules } from "../policy/rules/call_rules.ts";
import { iterationBudget } from "../policy/rules/loop_budget.ts";
import {
  type LoopState,
  loopState,
  type RunEnd,
  spent,
  stepDenied,
} from "./loop_state.ts";
import { recordedTool } from "./record/recorded_tool.ts";
import { modelTurn } from "./model_turn.ts";
import { openSession } from "./session/session.ts";
import { toolCall } from "./session/tool_call.ts";
import { countOutcome, emptyTally } from "./step_tally.ts";
import { toolMessage } from "./tool_message.ts";
import type { Ending } from "./session/call_outcome.ts";
import type { Env } from "./env.ts";
import type { RunEvent, RunFinished, RunStarted } from "./record/event.ts";
import { costTotal, pricingFault } from "./record/answer_cost.ts";
import { failureMode } from "./record/failure.ts";
import { givenSettings } from "./record/model_settings.ts";
import type { GovernedSpec, RunSpec } from "./run_spec.ts";

/**
 * Runs an agent under its policy, as a stream of events.
 *
 * The consumer of the stream must put each event on record before it asks for
 * the next one: the effect that an event announces happens only then. Every run
 * ends with `run_finished`, even after a failure. The generator throws only when
 * `env.now` does, or when the run stops and can be resumed from its record.
 *
 * @throws {PendingApprovalError} when a person has still to answer
 * @throws {ModelOutageError} when the model cannot be asked for the time being
 * @throws {RangeError} at once, when a tool would run elsewhere than the policy says,
 *   or the policy limits the cost and has no price for the model that is asked
 */
export function agentLoop(
  spec: RunSpec,
  env: Env,
): AsyncGenerator<RunEvent, void> {
  const rules = callRules(spec.policy.document, spec.policy.lines);
  return governedLoop({ ...spec, rules }, env);
}

/** The loop under rules that its caller chooses; `agentLoop` is this under all of them. */
export function governedLoop(
  spec: GovernedSpec,
  env: Env,
): AsyncGenerator<RunEvent, void> {
  const { loop_budget: { max_cost } } = spec.policy.document;
  const fault = pricingFault({ model: spec.model, max_cost });
  if (fault !== undefined) throw new RangeError(`Cannot run: ${fault}`);
  return steps(spec, { env, session: openSession(spec, env) });
}

async function* steps(
  spec: GovernedSpec,
  { env, session }: Pick<LoopState, "env" | "session">,
): AsyncGenerator<RunEvent, void> {
  const state = loopState(spec, { env, session });
  session.gate.question(spec.task.question);
  yield runStarted(state);
  let end: RunEnd | undefined;
  let failure: ReturnType<typeof failureMode>;
  while (end === undefined) {
    state.step += 1;
    session.step = state.step;
    state.tally = emptyTally();
    yield { ...session.head(), type: "step_started" };
    end = yield* turn(state);
    failure = end?.reason === "cancelled"
      ? undefined
      : failureMode(state.tally);
    yield {
      ...session.head(),
      type: "step_finished",
      failure_mode: failure?.id ?? null,
    };
  }
  yield runFinished(
    state,
    end,
    failure?.ends ?? "policy_denial_terminal",
  );
}

/** One step: budget, model, budget, then each proposed call in order. */
async function* turn(
  state: LoopState,
): AsyncGenerator<RunEvent, RunEnd | undefined> {
  if (state.env.signal.aborted) return { reason: "cancelled", answer: null };
  const { loop_budget } = state.spec.policy.document;
  const denial = iterationBudget(loop_budget, spent(state));
  if (denial !== undefined) {
    yield stepDenied(state, denial);
    return { reason: "loop_budget", answer: null };
  }
  const answered = yield* modelTurn(state);
  if ("reason" in answered) return answered;
  for (const call of answered.calls) {
    const outcome = yield* toolCall(state.session, call);
    countOutcome(state.tally, outcome);
    if (outcome.type === "ended") return runEnd(outcome.why);
    state.messages.push(toolMessage(call, outcome));
  }
}

function runEnd({ type }: Ending): RunEnd {
  switch (type) {
    case "cancelled":
      return { reason: "cancelled", answer: null };
    case "denied_too_often":
      return { reason: "loop_budget", answer: null };
    case "denied":
    case "failed":
      return { reason: "failed", answer: null };
  }
}

function runStarted({ spec, session }: LoopState): RunStarted {
  const { task, policy, model, corpus, runtimeVersion } = spec;
  const settings = givenSettings(model.settings);
  const tools = [...spec.tools.values()].map(recordedTool);
  const isAudit = policy.document.mode === "audit";
  const isVersion1 = !isAudit && settings === undefined &&
    runtimeVersion !== undefined &&
    tools.every(({ labels }) => labels === undefined);
  return {
    ...session.head(),
    v: isVersion1 ? 1 : 2,
    type: "run_started",
    run_id: spec.runId,
    ...runtimeVersion === undefined ? {} : { runtime_version: runtimeVersion },
    seed: spec.seed,
    task: {
      id: task.id,
      question: task.question,
      sha256: sha256Text(task.text),
      text: task.text,
    },
    policy: {
      version: policy.version,
      sha256: policy.sha256,
      text: policy.text,
    },
    llm: {
      execution_path: model.execution_path,
      provider: model.provider,
      model: model.model,
      script_sha256: model.script_sha256,
      ...settings === undefined ? {} : { settings },
    },
    corpus: { sha256: corpus.sha256, documents: corpus.documents },
    tools,
    ...isAudit ? { mode: "audit" } as const : {},
  };
}

function runFinished(
  { spec, step, llmCalls, tokens, cost, session }: LoopState,
  { reason, answer }: RunEnd,
  failureReason: RunFinished["terminal_reason"],
): RunFinished {
  const { max_cost } = spec.policy.document.loop_budget;
  const counted = {
    steps: step,
    llm_calls: llmCalls,
    ...session.totals,
    tokens,
  };
  return {
    ...session.head(),
    v: max_cost === undefined ? 1 : 2,
    type: "run_finished",
    terminal_reason: reason === "failed" ? failureReason : reason,
    answer,
    totals: max_cost === undefined
      ? counted
      : { ...counted, cost: costTotal(cost, max_cost) },
  };
}
