import type { CallProposed, RunEvent } from "../../../runtime/record/event.ts";
import { effectOf } from "../../../runtime/record/effect_of.ts";
import type { EventCheck, EventFault } from "../event_check.ts";
import { faultWithin } from "./event_faults.ts";
import { nameOf, type Next, outOfOrder } from "./event_names.ts";

/** The state of a run between two events that are about no call. */
type RunPhase =
  | "unstarted"
  | "started"
  | "open"
  | "step"
  | "asking"
  | "proposed"
  | "answered"
  | "failed"
  | "stopped"
  | "closed"
  | "finished";

/** The state of a call between two events of it. */
type CallPhase =
  | "proposed"
  | "denied"
  | "allowed"
  | "escalated"
  | "resolved"
  | "running"
  | "redirected"
  | "over";

const NEXT_OF_RUN: Readonly<Record<RunPhase, readonly Next[]>> = {
  unstarted: ["run_started"],
  started: ["step_started"],
  open: ["call_proposed", "tools_changed", "run_finished"],
  step: [
    "llm_completed",
    "attempt_finished",
    "tools_changed",
    "budget",
    "step_finished",
  ],
  asking: ["attempt_finished", "llm_completed"],
  proposed: ["call_proposed", "budget", "step_finished"],
  answered: ["step_finished"],
  failed: ["budget", "step_finished"],
  stopped: ["step_finished"],
  closed: ["step_started", "run_finished"],
  finished: [],
};

const NEXT_OF_CALL: Readonly<Record<CallPhase, readonly Next[]>> = {
  proposed: ["policy_checked"],
  denied: ["budget"],
  allowed: ["tool_started"],
  escalated: ["approval_resolved"],
  resolved: ["policy_checked"],
  running: ["attempt_finished", "tool_finished"],
  redirected: ["policy_checked"],
  over: [],
};

/** A budget can be used up by the call of a client. */
const BEFORE_A_CLIENT_IS_JUDGED: readonly Next[] = ["policy_checked", "budget"];

/** A call of the step, or of the client. */
interface Call {
  readonly phase: CallPhase;
  readonly step: number;
}

/** The states of a call in which its step may end; a run that is cancelled can leave it before a judgement. */
const AT_REST: readonly CallPhase[] = [
  "proposed",
  "denied",
  "resolved",
  "redirected",
  "over",
];

/**
 * Checks that the events have the order of a run whose calls can overlap, each of
 * them in an order of its own. The calls of a client are in no step: each has a
 * number of its own instead.
 */
export function orderOfVersion2(): EventCheck {
  const calls = new Map<number, Call>();
  let isClient = false;
  let phase: RunPhase = "unstarted";
  let step = 0;
  let lost = false;

  function fault(event: RunEvent): EventFault | undefined {
    const inOrder = event.call === undefined
      ? faultInRun(event)
      : faultInCall(event, event.call);
    if (inOrder !== undefined) return inOrder;
    const due = stepOf(event);
    const message = event.step === due
      ? faultWithin(event, 2)
      : `the event belongs to step ${event.step}; expected step ${due}`;
    return message === undefined ? undefined : { code: "event_order", message };
  }

  function stepOf({ type, call }: RunEvent): number {
    const known = call === undefined ? undefined : calls.get(call);
    const begins = type === "step_started" ||
      isClient && type === "call_proposed";
    return begins ? step + 1 : known?.step ?? step;
  }

  function faultInRun(event: RunEvent): EventFault | undefined {
    const next = NEXT_OF_RUN[phase];
    if (!next.includes(nameOf(event))) {
      return { code: "event_order", message: outOfOrder(event, next) };
    }
    if (event.type !== "step_finished" && event.type !== "run_finished") {
      return undefined;
    }
    for (const { phase: left } of calls.values()) {
      const isLeft = isClient && left === "allowed";
      if (isLeft || AT_REST.includes(left)) continue;
      const message = outOfOrder(event, NEXT_OF_CALL[left]);
      return left === "running"
        ? noReceipt(message)
        : { code: "event_order", message };
    }
  }

  function faultInCall(event: RunEvent, call: number): EventFault | undefined {
    const state = calls.get(call)?.phase;
    if (state === undefined) {
      const message =
        `it names call ${call}, and no call_proposed of this step has that number`;
      return { code: "event_order", message };
    }
    const next = isClient && state === "proposed"
      ? BEFORE_A_CLIENT_IS_JUDGED
      : NEXT_OF_CALL[state];
    if (next.includes(nameOf(event))) return undefined;
    const message = outOfOrder(event, next);
    return state === "running"
      ? noReceipt(message)
      : { code: "event_order", message };
  }

  function follow(event: RunEvent): void {
    if (event.call !== undefined) {
      const after = callAfter(event);
      const { step } = event;
      // A client's session can have any number of calls.
      if (after === "over" && isClient) calls.delete(event.call);
      else calls.set(event.call, { phase: after, step });
      if (!isClient && stopsStep(event)) phase = "stopped";
      return;
    }
    if (event.type === "call_proposed") take(event);
    if (event.type === "step_started") {
      calls.clear();
      step = event.step;
    }
    if (event.type === "run_started") {
      isClient = event.llm.execution_path === "client";
    }
    phase = runAfter(event, phase);
  }

  function take({ seq, step: ownStep }: CallProposed): void {
    calls.set(seq, { phase: "proposed", step: ownStep });
    if (!isClient) return;
    step = ownStep;
    for (const [call, { phase }] of calls) {
      if (phase === "denied") calls.delete(call);
    }
  }

  return {
    push(event) {
      const found = lost ? undefined : fault(event);
      lost = found !== undefined || lost && event.type !== "step_started";
      follow(event);
      return found === undefined ? [] : [found];
    },
    lose() {
      lost = true;
    },
  };
}

function noReceipt(why: string): EventFault {
  return {
    code: "no_receipt",
    message: `a tool was started, and its receipt is not there: ${why}`,
  };
}

/** Whether no other call of the step may be taken up after an event of a call. */
function stopsStep(event: RunEvent): boolean {
  return nameOf(event) === "budget" ||
    event.type === "tool_finished" && event.error !== null &&
      event.error.kind !== "reported";
}

function callAfter(event: RunEvent): CallPhase {
  switch (event.type) {
    case "policy_checked": {
      if (event.call_id === null) return "over";
      const effect = effectOf(event);
      return effect === "allow"
        ? "allowed"
        : effect === "escalate"
        ? "escalated"
        : "denied";
    }
    case "approval_resolved":
      return "resolved";
    case "tool_started":
    case "attempt_finished":
      return "running";
    case "tool_finished":
      return event.redirect === null ? "over" : "redirected";
    default:
      return "over";
  }
}

function runAfter(event: RunEvent, phase: RunPhase): RunPhase {
  switch (event.type) {
    case "run_started":
      return event.llm.execution_path === "client" ? "open" : "started";
    case "step_started":
      return "step";
    case "llm_completed":
      if (event.error !== null) return "failed";
      return event.calls.length > 0 ? "proposed" : "answered";
    case "attempt_finished":
      return "asking";
    case "policy_checked":
      return "stopped";
    case "step_finished":
      return "closed";
    case "run_finished":
      return "finished";
    default:
      return phase;
  }
}
