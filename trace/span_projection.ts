import { effectOf } from "../runtime/record/effect_of.ts";
import type {
  AttemptFinished,
  PolicyChecked,
  RunEvent,
  RunStarted,
  StepStarted,
  ToolStarted,
} from "../runtime/record/event.ts";
import type { Span } from "./span.ts";
import { spanFactory } from "./span_factory.ts";

/**
 * Turns events into spans, one event at a time: each call returns the spans that
 * are complete with it. A step's span waits for the event after the step, which
 * tells whether the step was the last. The same events give the same spans, live
 * or read back.
 *
 * A span's id names the ledger line that it comes from, so ids need no random
 * numbers and anyone can go from a span to its line.
 *
 * The function that it returns throws a `RangeError` when the first event is not
 * `run_started`.
 */
export function spanProjection(): (event: RunEvent) => readonly Span[] {
  let project: ((event: RunEvent) => readonly Span[]) | undefined;
  return (event) => {
    if (event.type === "run_started") project = spansOfRun(event);
    if (project === undefined) {
      throw new RangeError(
        "Cannot make spans: the run's first event is missing",
      );
    }
    return project(event);
  };
}

function spansOfRun(started: RunStarted): (event: RunEvent) => readonly Span[] {
  const make = spanFactory(started);
  let step: StepStarted | undefined;
  /** The step that has ended; only the next event tells whether it was the last. */
  let ended: Span | undefined;
  let allowedBy: PolicyChecked | undefined;
  let intent: ToolStarted | undefined;
  let asked: AttemptFinished[] = [];

  /** Hands the held step out. */
  function release(attributes: Span["attributes"] = {}): readonly Span[] {
    if (ended === undefined) return [];
    const span = {
      ...ended,
      attributes: { ...ended.attributes, ...attributes },
    };
    ended = undefined;
    return [span];
  }

  return (event) => {
    switch (event.type) {
      case "step_started":
        step = event;
        return release();
      case "llm_completed": {
        // A try of the model belongs to the llm_call that it led to.
        const attempts = asked.map((each) => make.retryAttempt(each, event));
        asked = [];
        return [...attempts, make.llmCall(event, step)];
      }
      case "policy_checked":
        allowedBy = effectOf(event) === "allow" ? event : undefined;
        return [make.policyCheck(event, step)];
      case "tool_started":
        intent = event;
        return [];
      case "attempt_finished":
        if (event.call_id !== null) return [make.retryAttempt(event, intent)];
        asked.push(event);
        return [];
      case "tool_finished":
        return [make.toolCall(event, { step, intent, allowedBy })];
      case "step_finished":
        ended = make.agentStep(event, step);
        return [];
      case "run_finished":
        return release({
          "agent.terminal_reason": event.terminal_reason,
          "agent.cost": event.totals.cost === null
            ? "unknown"
            : event.totals.cost,
        });
      default:
        return [];
    }
  };
}
