import { effectOf } from "../../../runtime/record/effect_of.ts";
import type { RunEvent } from "../../../runtime/record/event.ts";
import type { EventCheck, EventFault } from "../event_check.ts";
import { faultWithin } from "./event_faults.ts";
import { nameOf, type Next, outOfOrder } from "./event_names.ts";

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
 * Checks that the events have the order of a run whose calls follow one after the
 * other, as a record of version 1 has them.
 */
export function orderOfVersion1(): EventCheck {
  let phase: Phase = "unstarted";
  let step = 0;
  let lost = false;

  function fault(event: RunEvent): EventFault | undefined {
    const next = NEXT[phase];
    if (!next.includes(nameOf(event))) {
      const message = outOfOrder(event, next);
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
      ? faultWithin(event, 1)
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
    case "tools_changed":
    case "call_proposed":
      return "proposed";
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
