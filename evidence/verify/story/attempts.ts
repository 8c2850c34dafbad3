import type {
  AttemptFinished,
  RunEvent,
  ToolFinished,
} from "../../../runtime/record/event.ts";
import { INDETERMINATE } from "../../../runtime/attempt/recorded_failure.ts";
import { quoted } from "../../../tools/data/untrusted_text.ts";
import { valueDifference } from "../../../tools/data/value_difference.ts";
import { type CurrentCall, runningCall } from "../../current_call.ts";
import type { EventCheck, EventFault } from "../event_check.ts";
import { callCheck, type Known } from "./call_check.ts";

/** Checks that attempts are numbered, belong to what is running, and lead to the receipt. */
export function attempts(): EventCheck {
  return callCheck(faultOf);
}

function faultOf(event: RunEvent, { call }: Known): EventFault | undefined {
  const message = event.type === "attempt_finished"
    ? numberFault(event, call)
    : event.type === "tool_finished"
    ? receiptFault(event, call)
    : undefined;
  return message === undefined ? undefined : { code: "event_order", message };
}

/** Why an attempt is not the next one of what is running. */
function numberFault(
  event: AttemptFinished,
  call: CurrentCall,
): string | undefined {
  const before = call.receipt === undefined ? call.attempt : undefined;
  // A run whose model was unavailable in every allowed try can continue.
  const isNewRound = before?.call_id === null && before.outcome === "exhausted";
  const number = isNewRound ? 1 : (before?.attempt ?? 0) + 1;
  const [due, found] = [runningCall(call)?.call_id ?? null, event.call_id];
  return due !== found
    ? `the attempt is of another call: ${quoted(String(found))}`
    : event.attempt !== number
    ? `it is attempt ${event.attempt} where ${number} is due`
    : before !== undefined && before.outcome !== "transient_failure" &&
        !isNewRound
    ? `an attempt follows one that ended with ${before.outcome}`
    : undefined;
}

/** Why a receipt does not belong to the running call and its last attempt. */
function receiptFault(
  event: ToolFinished,
  call: CurrentCall,
): string | undefined {
  const intent = runningCall(call);
  if (intent?.call_id !== event.call_id || intent.tool !== event.tool) {
    return `the receipt is of another call: ${quoted(event.call_id)}`;
  }
  const last = call.attempt;
  if (last === undefined) return "there is a receipt and no attempt";
  return fitsAttempt(event, last)
    ? undefined
    : `the receipt does not fit the last attempt, which ended with ${last.outcome}`;
}

/**
 * A receipt has the error of the last attempt. It has another one when the run was
 * cancelled before the next attempt, and when the attempt succeeded and its result
 * was lost with the process.
 */
function fitsAttempt({ error }: ToolFinished, last: AttemptFinished): boolean {
  if (valueDifference(last.error, error) === undefined) return true;
  return last.outcome === "transient_failure"
    ? error?.kind === "cancelled"
    : last.outcome === "success" && error !== null &&
      valueDifference(INDETERMINATE, error) === undefined;
}
