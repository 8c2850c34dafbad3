import type {
  AttemptFinished,
  RunEvent,
} from "../../../runtime/record/event.ts";
import {
  type RecordVersion,
  versionOfLine,
} from "../../../runtime/record/record_version.ts";

const VERSION_FAULT =
  "an event has version 2 in a record of version 2, and where its keys are not those of version 1";

/** Whether an event is about one call; a budget can be used up by a call or by the run. */
function isOfCall(event: RunEvent): boolean {
  switch (event.type) {
    case "policy_checked":
      return event.call_id !== null || event.call !== undefined;
    case "attempt_finished":
      return event.call_id !== null;
    case "approval_resolved":
    case "tool_started":
    case "tool_finished":
      return true;
    default:
      return false;
  }
}

/** Contradictions within an event that the schema allows. */
export function faultWithin(
  event: RunEvent,
  record: RecordVersion,
): string | undefined {
  if (event.v !== versionOfLine(event, record)) return VERSION_FAULT;
  if (record === 2 && (event.call === undefined) === isOfCall(event)) {
    return "an event names its call when it is about one, and only then";
  }
  switch (event.type) {
    case "llm_completed": {
      const outcomes = [
        event.answer !== null,
        event.calls.length > 0,
        event.error !== null,
      ];
      if (outcomes.filter((each) => each).length !== 1) {
        return "expected an answer, calls or an error, one of the three";
      }
      return event.turn === undefined || event.error === null
        ? undefined
        : "nothing comes with an answer that is not there";
    }
    case "policy_checked": {
      const { tool, call_id, call_sha256, decision, rule_id, reason } = event;
      const whole = (call_id === null) === (tool === null) &&
        (tool === null) === (call_sha256 === null) &&
        (tool === null) === (event.facts === null);
      if (!whole) return "the verdict is half on a call and half on a budget";
      if ((event.asked !== undefined) !== (decision === "escalate")) {
        return "an escalation says what it asks about, and nothing else does";
      }
      if (call_id === null && decision !== "deny") {
        return "a budget is on record only when it denies";
      }
      if (decision === "allow" && event.enforced !== undefined) {
        return "what is allowed needs no enforcing";
      }
      return (decision === "allow") === (rule_id === null) &&
          (rule_id === null) === (reason === null)
        ? undefined
        : "an objection has a rule and a reason, and an allowed call has none";
    }
    case "attempt_finished":
      return attemptOutcomeFault(event);
    case "tool_finished": {
      const given = [event.result, event.redirect, event.error]
        .filter((each) => each !== null);
      return given.length > 1
        ? "a call has a result, a redirect or an error, and no two of them"
        : undefined;
    }
  }
}

/** The outcome of an attempt follows from its error and the number of attempts. */
function attemptOutcomeFault(
  { outcome, error, backoff_ms }: AttemptFinished,
): string | undefined {
  const isRetried = outcome === "transient_failure";
  const fits = error === null
    ? outcome === "success"
    : error.kind === "transient"
    ? isRetried || outcome === "exhausted"
    : error.kind === "permission_denied"
    ? outcome === "permission_denied"
    : outcome === "non_retryable";
  return !fits
    ? `an attempt with ${
      error === null ? "no error" : `an error of the kind ${error.kind}`
    } does not end as ${outcome}`
    : backoff_ms > 0 && !isRetried
    ? "nothing is waited for when no attempt follows"
    : undefined;
}
