import { effectOf } from "../runtime/record/effect_of.ts";
import type {
  CallProposed,
  EventHead,
  RunEvent,
  RunStarted,
  StepStarted,
} from "../runtime/record/event.ts";
import { failureMode } from "../runtime/record/failure.ts";
import { emptyTally, type StepTally } from "../runtime/step_tally.ts";
import type { RunningCall } from "./running_call.ts";
import type { Span } from "./span.ts";
import { type SpanFactory, spanFactory } from "./span_factory.ts";

/** A call of a client that is under way. */
interface ClientStep extends RunningCall {
  /** Where the span of its step begins. */
  readonly step: StepStarted;
  readonly tally: StepTally;
}

/**
 * Turns the events of a client's session into spans. The client keeps its steps
 * for itself, so each call has an `agent_step` of its own, from its proposal to its
 * last event; those of calls that overlap overlap too. The one that began last has
 * the terminal reason.
 */
export function spansOfClient(
  started: RunStarted,
): (event: RunEvent) => readonly Span[] {
  const make = spanFactory(started);
  const open = new Map<number, ClientStep>();
  /** The step that began last, once it has ended; a later one may follow. */
  let ended: Span | undefined;
  let newest: number | undefined;

  function end(
    { step, tally }: ClientStep,
    { ts }: Pick<EventHead, "ts">,
  ): readonly Span[] {
    const failure_mode = failureMode(tally)?.id ?? null;
    const span = make.agentStep(
      { ...step, type: "step_finished", ts, failure_mode },
      step,
    );
    if (step.seq !== newest) return [span];
    ended = span;
    return [];
  }

  /** The spans that are complete with an event of a call. */
  function follow(call: number, event: RunEvent): readonly Span[] {
    const before = open.get(call);
    if (before === undefined) return [];
    const after = callAfter(before, event);
    open.set(call, after);
    const span = spanOf(make, event, after);
    const spans = span === undefined ? [] : [span];
    if (!isLast(event)) return spans;
    open.delete(call);
    return [...spans, ...end(after, event)];
  }

  return (event) => {
    if (event.type === "call_proposed") {
      open.set(event.seq, { step: stepOf(event), tally: emptyTally() });
      newest = event.seq;
      const before = ended;
      ended = undefined;
      return before === undefined ? [] : [before];
    }
    if (event.call !== undefined) return follow(event.call, event);
    if (event.type !== "run_finished") return [];
    const left = [...open.values()].flatMap((call) => end(call, event));
    if (ended === undefined) return left;
    const attributes = {
      ...ended.attributes,
      "agent.terminal_reason": event.terminal_reason,
    };
    return [...left, { ...ended, attributes }];
  };
}

function stepOf({ v, seq, ts, step }: CallProposed): StepStarted {
  return { v, seq, ts, step, type: "step_started" };
}

function isLast(event: RunEvent): boolean {
  return event.type === "policy_checked" && effectOf(event) === "deny" ||
    event.type === "tool_finished" && event.redirect === null;
}

function callAfter(call: ClientStep, event: RunEvent): ClientStep {
  const { tally } = call;
  switch (event.type) {
    case "policy_checked": {
      const effect = effectOf(event);
      if (effect === "deny" && event.rule_id !== null) {
        tally.denials.push(event.rule_id);
      }
      return {
        ...call,
        allowedBy: effect === "allow" ? event : undefined,
        intent: undefined,
      };
    }
    case "tool_started":
      return { ...call, intent: event };
    case "attempt_finished":
      tally.attempts.push(event.outcome);
      return call;
    case "tool_finished": {
      const kind = event.error?.kind;
      if (kind === "reported") tally.reported += 1;
      if (kind === "unhandled" || kind === "permission_denied") {
        tally.unhandled += 1;
      }
      return call;
    }
    default:
      return call;
  }
}

function spanOf(
  make: SpanFactory,
  event: RunEvent,
  { step, intent, allowedBy }: ClientStep,
): Span | undefined {
  switch (event.type) {
    case "policy_checked":
      return make.policyCheck(event, step);
    case "attempt_finished":
      return make.retryAttempt(event, intent);
    case "tool_finished":
      return make.toolCall(event, { step, intent, allowedBy });
  }
}
