import { effectOf } from "../../../runtime/record/effect_of.ts";
import type {
  AttemptFinished,
  EventType,
  RunEvent,
} from "../../../runtime/record/event.ts";
import type { EventCheck, EventFault } from "../event_check.ts";
import { recordVersion } from "../../../runtime/record/record_version.ts";

/** The state of a run between two events. */
type Phase =
  | "unstarted"
  | "started"
  | "step"
  | "asking"
  | "proposed"
  | "answered"
  | "failed"
  | "denied"
  | "allowed"
  | "escalated"
  | "resolved"
  | "running"
  | "ran"
  | "redirected"
  | "stopped"
  | "closed"
  | "finished";

/** What may come next; a denial by a budget belongs to no call, so it is told apart. */
type Next = EventType | "budget";

const NEXT: Readonly<Record<Phase, readonly Next[]>> = {
  unstarted: ["run_started"],
  started: ["step_started"],
  step: ["llm_completed", "attempt_finished", "budget", "step_finished"],
  asking: ["attempt_finished", "llm_completed"],
  proposed: ["policy_checked", "budget", "step_finished"],
  answered: ["step_finished"],
  failed: ["budget", "step_finished"],
  denied: ["policy_checked", "budget", "step_finished"],
  allowed: ["tool_started"],
  escalated: ["approval_resolved"],
  resolved: ["policy_checked", "step_finished"],
  running: ["attempt_finished", "tool_finished"],
  ran: ["policy_checked", "step_finished"],
  redirected: ["policy_checked", "step_finished"],
  stopped: ["step_finished"],
  closed: ["step_started", "run_finished"],
  finished: [],
};

/**
 * Checks that the events have the order of a run. After missing events the order
 * is known again when the next step begins; the same holds after a fault, since
 * it would only cause others.
 */
export function eventOrder(): EventCheck {
  let phase: Phase = "unstarted";
  let step = 0;
  let lost = false;

  function fault(event: RunEvent): EventFault | undefined {
    const next = NEXT[phase];
    const found = nameOf(event);
    if (!next.includes(found)) {
      const message = `${PLAIN[found]} cannot follow here; expected ${
        next.map((each) => PLAIN[each]).join(" or ") || "nothing more"
      }`;
      return phase === "running"
        ? {
          code: "no_receipt",
          message:
            `a tool was started, and its receipt is not there: ${message}`,
        }
        : { code: "event_order", message };
    }
    const due = event.type === "step_started" ? step + 1 : step;
    const message = event.step === due
      ? faultWithin(event)
      : `the event belongs to step ${event.step}; expected step ${due}`;
    return message === undefined ? undefined : { code: "event_order", message };
  }

  return {
    push(event) {
      const starts = event.type === "step_started";
      const found = lost ? undefined : fault(event);
      lost = found !== undefined || lost && !starts;
      phase = phaseAfter(event);
      if (starts) step = event.step;
      return found === undefined ? [] : [found];
    },
    lose() {
      lost = true;
    },
  };
}

function nameOf(event: RunEvent): Next {
  return event.type === "policy_checked" && event.call_id === null
    ? "budget"
    : event.type;
}

function phaseAfter(event: RunEvent): Phase {
  switch (event.type) {
    case "run_started":
      return "started";
    case "step_started":
      return "step";
    case "llm_completed":
      if (event.error !== null) return "failed";
      return event.calls.length > 0 ? "proposed" : "answered";
    case "policy_checked":
      if (event.call_id === null) return "stopped";
      return effectOf(event) === "allow"
        ? "allowed"
        : effectOf(event) === "escalate"
        ? "escalated"
        : "denied";
    case "approval_resolved":
      return "resolved";
    case "tool_started":
      return "running";
    case "attempt_finished":
      return event.call_id === null ? "asking" : "running";
    case "tool_finished":
      if (event.redirect !== null) return "redirected";
      return event.error === null || event.error.kind === "reported"
        ? "ran"
        : "stopped";
    case "step_finished":
      return "closed";
    case "run_finished":
      return "finished";
  }
}

const VERSION_FAULT =
  "an event has version 2 when its keys are not those of version 1, and only then";

/** Contradictions within an event that the schema allows. */
function faultWithin(event: RunEvent): string | undefined {
  if (event.v !== recordVersion(event)) return VERSION_FAULT;
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

const PLAIN: Readonly<Record<Next, string>> = {
  run_started: "run_started",
  step_started: "step_started",
  llm_completed: "llm_completed",
  policy_checked: "policy_checked of a call",
  budget: "policy_checked of a budget",
  approval_resolved: "approval_resolved",
  tool_started: "tool_started",
  attempt_finished: "attempt_finished",
  tool_finished: "tool_finished",
  step_finished: "step_finished",
  run_finished: "run_finished",
};
