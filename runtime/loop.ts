import { callRules } from "../policy/rules/call_rules.ts";
import { iterationBudget } from "../policy/rules/loop_budget.ts";
import {
  definitionsOf,
  type LoopState,
  loopState,
  type RunEnd,
  spent,
  stepDenied,
} from "./loop_state.ts";
import { modelTurn } from "./model_turn.ts";
import { openSession } from "./session/session.ts";
import { sideBySide } from "./session/side_by_side.ts";
import { toolCall } from "./session/tool_call.ts";
import { countOutcome, emptyTally } from "./step_tally.ts";
import { toolMessage } from "./tool_message.ts";
import type { Ending } from "./session/call_outcome.ts";
import type { Env } from "./env.ts";
import type { ProposedCall, RunEvent, RunFinished } from "./record/event.ts";
import { runStarted } from "./run_started.ts";
import { costTotal, pricingFault } from "./record/answer_cost.ts";
import { failureMode } from "./record/failure.ts";
import { versionOfLine } from "./record/record_version.ts";
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
  const session = openSession(spec, env);
  const events = steps(spec, { env, session });
  return session.version === 1 ? inVersion1(events) : events;
}

/** The events of a run that goes on in a record of version 1: only new keys make a line one of version 2. */
async function* inVersion1(
  events: AsyncIterable<RunEvent>,
): AsyncGenerator<RunEvent, void> {
  for await (const event of events) {
    yield { ...event, v: versionOfLine(event, 1) };
  }
}

async function* steps(
  spec: GovernedSpec,
  { env, session }: Pick<LoopState, "env" | "session">,
): AsyncGenerator<RunEvent, void> {
  const state = loopState(spec, { env, session });
  session.gate.question(spec.task.question);
  yield runStarted(session, spec);
  let end: RunEnd | undefined;
  let failure: ReturnType<typeof failureMode>;
  while (end === undefined) {
    state.step += 1;
    session.progress.step = state.step;
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
  yield* toolChanges(state);
  const answered = yield* modelTurn(state);
  if ("reason" in answered) return answered;
  return yield* (loop_budget.max_parallel ?? 1) > 1
    ? callsSideBySide(state, answered.calls)
    : callsInTurn(state, answered.calls);
}

/** Puts on record that the list of tools is another one, before the model is told of it. */
async function* toolChanges(
  state: LoopState,
): AsyncGenerator<RunEvent, void> {
  const { env, session, listing } = state;
  const change = await env.toolChanges?.(session.tools);
  if (change === undefined) return;
  listing.change(change);
  yield session.changeTools(change);
  state.definitions = definitionsOf(state);
}

/** Each call begins when the one before it is over. */
async function* callsInTurn(
  state: LoopState,
  calls: readonly ProposedCall[],
): AsyncGenerator<RunEvent, RunEnd | undefined> {
  for (const call of calls) {
    const outcome = yield* toolCall(state.session, call);
    countOutcome(state.tally, outcome);
    if (outcome.type === "ended") return runEnd(outcome.why);
    state.messages.push(toolMessage(call, outcome));
  }
}

/** Calls are judged in their order, and run at the same time as far as the policy allows. */
async function* callsSideBySide(
  { session, env, spec, tally, messages }: LoopState,
  calls: readonly ProposedCall[],
): AsyncGenerator<RunEvent, RunEnd | undefined> {
  const { max_parallel = 1 } = spec.policy.document.loop_budget;
  const running = sideBySide(session, {
    limit: () => env.inOrder?.() ? 1 : max_parallel,
  });
  const outcomes = calls.map((call) => running.add(toolCall(session, call)));
  running.end();
  yield* running.events();
  for (const [index, outcome] of (await Promise.all(outcomes)).entries()) {
    countOutcome(tally, outcome);
    const call = calls[index];
    if (outcome.type === "ended" || call === undefined) continue;
    messages.push(toolMessage(call, outcome));
  }
  return session.progress.ended && runEnd(session.progress.ended);
}

function runEnd({ type }: Ending): RunEnd {
  switch (type) {
    case "cancelled":
      return { reason: "cancelled", answer: null };
    case "denied_too_often":
      return { reason: "loop_budget", answer: null };
    case "denied":
    case "failed":
    case "closed":
      return { reason: "failed", answer: null };
  }
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
    type: "run_finished",
    terminal_reason: reason === "failed" ? failureReason : reason,
    answer,
    totals: max_cost === undefined
      ? counted
      : { ...counted, cost: costTotal(cost, max_cost) },
  };
}
