import type { RunEvent, RunStarted } from "../../../runtime/record/event.ts";
import { callAfter, type CurrentCall, NO_CALL } from "../../current_call.ts";
import type { EventCheck, EventFault } from "../event_check.ts";

/** What is known before an event. */
export interface Known {
  readonly run: RunStarted | undefined;
  readonly call: CurrentCall;
}

/**
 * Makes a check that finds faults of an event from the call that it is about.
 * After missing events, calls are known again when the next step begins.
 */
export function callCheck(
  faultOf: (event: RunEvent, known: Known) => EventFault | undefined,
): EventCheck {
  let run: RunStarted | undefined;
  let call = NO_CALL;
  let lost = false;
  return {
    push(event) {
      if (event.type === "run_started") run ??= event;
      if (event.type === "step_started") lost = false;
      if (lost) return [];
      const fault = faultOf(event, { run, call });
      call = callAfter(call, event);
      return fault === undefined ? [] : [fault];
    },
    lose() {
      lost = true;
    },
  };
}
