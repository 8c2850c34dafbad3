import { effectOf } from "../runtime/record/effect_of.ts";
import type {
  ApprovalResolved,
  AttemptFinished,
  PolicyChecked,
  ProposedCall,
  RunEvent,
  ToolFinished,
  ToolStarted,
} from "../runtime/record/event.ts";
import type { JsonObject } from "../tools/data/json.ts";

/** Why a call is judged: as the model proposed it, where its tool was redirected, or once more with a person's answer. */
export type Occasion = "proposed" | "redirected" | "answered";

/** The proposed call that the events of a step are about, and its state so far. */
export interface CurrentCall {
  /** What the model proposed in this step, in order. */
  readonly calls: readonly ProposedCall[];
  /** How many of them were judged; more than were proposed when a record is wrong. */
  readonly judged: number;
  /** Why the call was judged the last time. */
  readonly occasion: Occasion;
  /** The arguments that its tool was redirected to and that were judged last; `null` for those proposed. */
  readonly redirect: JsonObject | null;
  /** The last verdict on the call; the events after it belong to this verdict. */
  readonly verdict: PolicyChecked | undefined;
  /** What a person answered after an escalation. */
  readonly answer: ApprovalResolved | undefined;
  readonly intent: ToolStarted | undefined;
  /** The last attempt of the call; before the model has answered, that of the model. */
  readonly attempt: AttemptFinished | undefined;
  readonly receipt: ToolFinished | undefined;
}

/** What the next verdict must be about. */
export interface DueCall {
  readonly id: string;
  readonly tool: string;
  readonly occasion: Occasion;
}

/** The beginning of a step: nothing is proposed. */
export const NO_CALL: CurrentCall = {
  calls: [],
  judged: 0,
  occasion: "proposed",
  redirect: null,
  verdict: undefined,
  answer: undefined,
  intent: undefined,
  attempt: undefined,
  receipt: undefined,
};

/** Takes the next event; in a wrong record it follows what the events say about themselves. */
export function callAfter(call: CurrentCall, event: RunEvent): CurrentCall {
  switch (event.type) {
    case "step_started":
      return NO_CALL;
    case "llm_completed":
      return { ...NO_CALL, calls: event.calls };
    case "policy_checked":
      // A budget does not belong to a call.
      return event.call_id === null ? call : judgedCall(call, event);
    case "approval_resolved":
      return askedCall(call) === undefined ? call : { ...call, answer: event };
    case "tool_started":
      return { ...call, intent: event, attempt: undefined, receipt: undefined };
    case "attempt_finished":
      return { ...call, attempt: event };
    case "tool_finished":
      return { ...call, receipt: event };
    default:
      return call;
  }
}

function judgedCall(call: CurrentCall, verdict: PolicyChecked): CurrentCall {
  const { calls, judged, answer, receipt } = call;
  const follow = { ...NO_CALL, calls, verdict };
  if (answer !== undefined) {
    return { ...follow, judged, occasion: "answered", redirect: call.redirect };
  }
  const redirect = receipt?.redirect ?? null;
  return redirect === null
    ? { ...follow, judged: judged + 1 }
    : { ...follow, judged, occasion: "redirected", redirect };
}

/** What the next verdict must be about; `undefined` when nothing is left to judge. */
export function dueCall(call: CurrentCall): DueCall | undefined {
  const { verdict, answer, receipt, calls, judged } = call;
  if (answer !== undefined && verdict !== undefined) {
    const { call_id, tool } = verdict;
    return { id: call_id ?? "", tool: tool ?? "", occasion: "answered" };
  }
  if (receipt !== undefined && receipt.redirect !== null) {
    const { call_id, tool } = receipt;
    return { id: call_id, tool, occasion: "redirected" };
  }
  const next = calls[judged];
  return next && { id: next.id, tool: next.tool, occasion: "proposed" };
}

/** Whether a verdict is about the call that it must be about. */
export function isDue(call: CurrentCall, verdict: PolicyChecked): boolean {
  const due = dueCall(call);
  return due?.id === verdict.call_id && due?.tool === verdict.tool;
}

/** The call that was judged last, as it was proposed; `undefined` when none was. */
export function proposedCall(call: CurrentCall): ProposedCall | undefined {
  return call.calls[call.judged - 1];
}

/** The verdict that leaves the call to a person who has not answered. */
export function askedCall(call: CurrentCall): PolicyChecked | undefined {
  const { verdict, answer } = call;
  return verdict !== undefined && effectOf(verdict) === "escalate" &&
      answer === undefined
    ? verdict
    : undefined;
}

/** The verdict that allows the call, until it has an intent. */
export function allowedCall(call: CurrentCall): PolicyChecked | undefined {
  const { verdict, intent } = call;
  return verdict !== undefined && effectOf(verdict) === "allow" &&
      intent === undefined
    ? verdict
    : undefined;
}

/** The intent that has no receipt. */
export function runningCall(call: CurrentCall): ToolStarted | undefined {
  return call.receipt === undefined ? call.intent : undefined;
}
