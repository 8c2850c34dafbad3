import { hash } from "node:crypto";
import { callRules } from "../policy/rules/call_rules.ts";
import { iterationBudget } from "../policy/rules/loop_budget.ts";
import { budgetDenied } from "./session/budget.ts";
import {
  emptyTally,
  type LoopState,
  loopState,
  type RunEnd,
} from "./session/session_state.ts";
import { recordedTool } from "./record/recorded_tool.ts";
import { modelTurn } from "./model_turn.ts";
import { toolCall } from "./session/tool_call.ts";
import type { Env } from "./env.ts";
import type { RunEvent, RunFinished, RunStarted } from "./record/event.ts";
import { failureMode } from "./record/failure.ts";
import { givenSettings } from "./record/model_settings.ts";
import type { GovernedSpec, RunSpec } from "./run_spec.ts";

/**
 * Runs an agent under its policy, as a stream of events.
 *
 * Whoever consumes the stream must put each event on record before asking for
 * the next one: the effect that an event announces happens only then. Every
 * run ends with `run_finished`, whatever fails; the generator throws only when
 * `env.now` does, and where a run stops that can be resumed from its record.
 *
 * @throws {PendingApprovalError} when a person has still to answer
 * @throws {ModelOutageError} when the model cannot be asked for the time being
 * @throws {RangeError} at once, when a tool would run elsewhere than the policy says
 */
export function agentLoop(
  spec: RunSpec,
  env: Env,
): AsyncGenerator<RunEvent, void> {
  const rules = callRules(spec.policy.document);
  return governedLoop({ ...spec, rules }, env);
}

/**
 * Under `worker` nothing runs in the process, and a function cannot leave it.
 *
 * @throws {RangeError} when a tool would run elsewhere than the policy says
 */
function refuseMisplaced({ policy, tools }: RunSpec): void {
  if (policy.document.sandbox.isolation !== "worker") return;
  for (const { name, isolation } of tools.values()) {
    if (isolation === "worker") continue;
    throw new RangeError(
      `Cannot run the tool "${name}" in a Worker, as the policy's sandbox.isolation says: it is a function of this process; have a module serve it with serveTools`,
    );
  }
}

/** The loop under rules that its caller chooses; `agentLoop` is this under all of them. */
export function governedLoop(
  spec: GovernedSpec,
  env: Env,
): AsyncGenerator<RunEvent, void> {
  refuseMisplaced(spec);
  return steps(spec, env);
}

async function* steps(
  spec: GovernedSpec,
  env: Env,
): AsyncGenerator<RunEvent, void> {
  const state = loopState(spec, env);
  yield runStarted(state);
  let end: RunEnd | undefined;
  let failure: ReturnType<typeof failureMode>;
  while (end === undefined) {
    state.step += 1;
    state.tally = emptyTally();
    state.totals.steps += 1;
    yield { ...state.head(), type: "step_started" };
    end = yield* turn(state);
    failure = end?.reason === "cancelled"
      ? undefined
      : failureMode(state.tally);
    yield {
      ...state.head(),
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
  const denial = iterationBudget(loop_budget, state.spent());
  if (denial !== undefined) {
    yield budgetDenied(state, denial);
    return { reason: "loop_budget", answer: null };
  }
  const answered = yield* modelTurn(state);
  if ("reason" in answered) return answered;
  for (const call of answered.calls) {
    const end = yield* toolCall(state, call);
    if (end !== undefined) return end;
  }
}

function runStarted({ spec, head }: LoopState): RunStarted {
  const { task, policy, model, corpus, runtimeVersion } = spec;
  const settings = givenSettings(model.settings);
  return {
    ...head(),
    v: settings === undefined && runtimeVersion !== undefined ? 1 : 2,
    type: "run_started",
    run_id: spec.runId,
    ...runtimeVersion === undefined ? {} : { runtime_version: runtimeVersion },
    seed: spec.seed,
    task: {
      id: task.id,
      question: task.question,
      sha256: hash("sha256", task.text),
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
    tools: [...spec.tools.values()].map(recordedTool),
  };
}

function runFinished(
  { totals, head }: LoopState,
  { reason, answer }: RunEnd,
  failureReason: RunFinished["terminal_reason"],
): RunFinished {
  return {
    ...head(),
    type: "run_finished",
    terminal_reason: reason === "failed" ? failureReason : reason,
    answer,
    totals: { ...totals },
  };
}
