import type { LoopLimits } from "../policy/document/document.ts";
import { answerBudget, timeBudget } from "../policy/rules/loop_budget.ts";
import { beyondMs, boundedRetry } from "./session/bounded_retry.ts";
import { inTime } from "./session/in_time.ts";
import {
  type LoopState,
  type RunEnd,
  spent,
  stepDenied,
} from "./loop_state.ts";
import { attempt, type Attempted } from "./attempt/attempt.ts";
import type {
  LlmCompleted,
  ProposedCall,
  RecordedError,
  RunEvent,
} from "./record/event.ts";
import { judgeOutput, type LlmOutput } from "./llm/llm.ts";
import { type AfterOutage, ModelOutageError } from "./llm/model_outage.ts";
import { costAfter } from "./record/answer_cost.ts";
import { givenSettings } from "./record/model_settings.ts";
import { recordVersion } from "./record/record_version.ts";
import { noAnswerError } from "./llm/no_answer.ts";
import { tokensOf } from "./record/usage.ts";

/** How long one attempt of a model may take when the policy does not say, in milliseconds. */
const DEFAULT_MODEL_TIMEOUT_MS = 120_000;

/**
 * Asks the model. Returns the calls that it proposed, or how the run ends.
 *
 * @throws {ModelOutageError} when the model is unavailable for now and the run
 *   stops
 */
export async function* modelTurn(
  state: LoopState,
): AsyncGenerator<
  RunEvent,
  { readonly calls: readonly ProposedCall[] } | RunEnd
> {
  const { spec, session, messages } = state;
  const limits = spec.policy.document.loop_budget;
  const startedAt = session.now();
  const attempted = spec.model.execution_path === "stub"
    ? await attempt(() => ask(state, state.env.signal), state.env.signal)
    : yield* askRepeatedly(state, startedAt);
  const event = llmCompleted(state, startedAt, attempted);
  state.llmCalls += 1;
  state.tokens += tokensOf(event.usage ?? undefined);
  state.cost = costAfter(state.cost, event, {
    model: spec.model,
    max_cost: limits.max_cost,
  });
  yield event;

  if (!attempted.ok && attempted.error.kind === "cancelled") {
    return { reason: "cancelled", answer: null };
  }
  if (event.error !== null) {
    const over = event.error.kind === "transient"
      ? timeBudget(limits, spent(state))
      : undefined;
    if (over !== undefined) {
      yield stepDenied(state, over);
      return { reason: "loop_budget", answer: null };
    }
    if (event.error.kind !== "transient") state.tally.unhandled += 1;
    return { reason: "failed", answer: null };
  }
  if (event.answer !== null) {
    return { reason: "final_answer", answer: event.answer };
  }
  const denial = answerBudget(limits, spent(state), event.calls.length);
  state.proposed += event.calls.length;
  if (denial !== undefined) {
    yield stepDenied(state, denial);
    return { reason: "loop_budget", answer: null };
  }
  const { calls, turn } = event;
  messages.push({
    role: "assistant",
    calls,
    ...turn === undefined ? {} : { turn },
  });
  return { calls };
}

/**
 * Asks a model over a network as often as the policy allows, and as often again
 * when a run continues after an outage. Only an outage that ends the run counts
 * as a failure of the step: a model that answers in a later attempt has not
 * failed.
 */
async function* askRepeatedly(
  state: LoopState,
  startedAt: string,
): AsyncGenerator<RunEvent, Attempted<LlmOutput>> {
  const { spec, session } = state;
  const { loop_budget } = spec.policy.document;
  let begins: { readonly startedAt?: string } = { startedAt };
  while (true) {
    const { last, outcomes } = yield* boundedRetry(session, {
      call_id: null,
      ...begins,
      leftMs: () => timeLeftMs(state),
      work: () => askInTime(state),
    });
    const isOut = !last.ok && outcomes.at(-1) === "exhausted";
    if (!isOut) return last;
    const hasTime = timeBudget(loop_budget, spent(state)) === undefined;
    const then = hasTime ? afterOutage(state, last.error) : "end";
    if (then === "end") {
      state.tally.attempts.push("exhausted");
      return last;
    }
    if (then === "stop") throw new ModelOutageError(last.error);
    begins = {};
  }
}

function afterOutage(
  { env, spec }: LoopState,
  error: RecordedError,
): AfterOutage {
  return env.outage?.(error) ??
    (spec.model.execution_path === "replay" ? "end" : "stop");
}

function ask(
  { spec, step, messages, definitions }: LoopState,
  signal: AbortSignal,
): Promise<LlmOutput> {
  const settings = givenSettings(spec.model.settings);
  return spec.llm({
    step,
    messages,
    tools: definitions,
    ...settings === undefined ? {} : { settings },
  }, signal);
}

/** Asking a model has no effect, so a late answer may be asked for again, while there is time. */
function askInTime(state: LoopState): Promise<Attempted<LlmOutput>> {
  const { model_timeout_ms = DEFAULT_MODEL_TIMEOUT_MS } =
    state.spec.policy.document.retry;
  return inTime(state, {
    ms: Math.min(model_timeout_ms, beyondMs(timeLeftMs(state))),
    work: (signal) => ask(state, signal),
    late: "transient",
  });
}

/** Milliseconds from the last clock reading to the end of the run's time. */
function timeLeftMs(state: LoopState): number {
  const { max_seconds = Infinity } = state.spec.policy.document.loop_budget;
  return (max_seconds - state.session.seconds()) * 1000;
}

function llmCompleted(
  state: LoopState,
  startedAt: string,
  attempted: Attempted<LlmOutput>,
): LlmCompleted {
  const { model: asked, policy } = state.spec;
  const { answer, calls, usage, finish_reason, raw, error, turn, model } =
    recorded(attempted, limitedBy(policy.document.loop_budget));
  const carries = turn !== undefined && error === undefined;
  const isAnother = model !== undefined && model !== asked.model;
  const event: LlmCompleted = {
    ...state.session.head(),
    type: "llm_completed",
    started_at: startedAt,
    answer: answer ?? null,
    calls: calls ?? [],
    usage: usage ?? null,
    finish_reason: finish_reason ?? null,
    raw: raw ?? null,
    error: error ?? null,
    ...carries ? { turn } : {},
    ...isAnother ? { answered_by: model } : {},
  };
  return { ...event, v: recordVersion(event) };
}

/** What the policy limits by usage, which must then be there. */
function limitedBy(
  { max_tokens, max_cost }: LoopLimits,
): "tokens" | "cost" | undefined {
  if (max_tokens !== undefined) return "tokens";
  return max_cost === undefined ? undefined : "cost";
}

function recorded(
  attempted: Attempted<LlmOutput>,
  limited: "tokens" | "cost" | undefined,
): LlmOutput & { readonly error?: RecordedError } {
  if (!attempted.ok) {
    return { ...attempted.recorded?.output, error: attempted.error };
  }
  const judged = judgeOutput(attempted.value, { limited });
  if (!judged.ok) {
    return {
      ...judged.output,
      error: {
        kind: "unhandled",
        type: "malformed_output",
        exception_class: "MalformedOutput",
        message: judged.reason,
      },
    };
  }
  const { no_answer, ...output } = judged.output;
  return no_answer === undefined
    ? output
    : { ...output, error: noAnswerError(no_answer, output.finish_reason) };
}
