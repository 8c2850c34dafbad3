import type { RunEvent, RunStarted } from "../../../runtime/record/event.ts";
import type { CurrentCall } from "../../current_call.ts";
import { openCalls } from "../../open_calls.ts";
import { toolsAfter } from "../../../runtime/record/recorded_tool.ts";
import type { EventCheck, EventFault } from "../event_check.ts";

/** What is known before an event. */
export interface Known {
  /** The beginning of the run, with the tools that there are now. */
  readonly run: RunStarted | undefined;
  /** The call that the event is about. */
  readonly call: CurrentCall;
  /** What the model proposed in this step, and how much of it was taken up. */
  readonly turn: CurrentCall;
}

/**
 * Makes a check that finds faults of an event from the call that it is about.
 * After missing events, calls are known again when the next step begins.
 */
export function callCheck(
  faultOf: (event: RunEvent, known: Known) => EventFault | undefined,
): EventCheck {
  let run: RunStarted | undefined;
  const calls = openCalls();
  let lost = false;
  return {
    push(event) {
      if (event.type === "run_started") run ??= event;
      if (event.type === "tools_changed" && run !== undefined) {
        run = { ...run, tools: toolsAfter(run.tools, event) };
      }
      if (event.type === "step_started") lost = false;
      if (lost) return [];
      const call = calls.before(event);
      const fault = faultOf(event, { run, call, turn: calls.turn });
      calls.push(event);
      return fault === undefined ? [] : [fault];
    },
    lose() {
      lost = true;
    },
  };
}
