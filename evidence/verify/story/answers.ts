import { NOBODY, rejection } from "../../../policy/answer.ts";
import { askingRun, bindingOf } from "../../../runtime/approval/approval.ts";
import { approverNameFault } from "../../../runtime/approval/approver_name.ts";
import type {
  ApprovalResolved,
  PolicyChecked,
  RunEvent,
} from "../../../runtime/record/event.ts";
import { quoted } from "../../../tools/data/untrusted_text.ts";
import { askedCall, type CurrentCall, isDue } from "../../current_call.ts";
import type { EventCheck, EventFault } from "../event_check.ts";
import { callCheck, type Known } from "./call_check.ts";

/**
 * Checks every answer of a person against the verdict that asked for it, and the
 * verdict after an answer against the answer. An answer counts for the next
 * verdict on its call, and for no other.
 */
export function answers(): EventCheck {
  return callCheck(faultOf);
}

function faultOf(event: RunEvent, known: Known): EventFault | undefined {
  switch (event.type) {
    case "approval_resolved":
      return approverFault(event) ?? askedFault(event, known);
    case "policy_checked":
      return event.call_id === null
        ? undefined
        : verdictFault(event, known.call);
  }
}

function approverFault(
  { approver, verdict }: ApprovalResolved,
): EventFault | undefined {
  if (approver === NOBODY && verdict === "rejected") return undefined;
  const why = approverNameFault(approver);
  return why === undefined ? undefined : {
    code: "unknown_approver",
    message: `${quoted(approver)} cannot have ${verdict} anything: ${why}`,
  };
}

/** Why an answer does not fit the verdict before it. */
function askedFault(
  { approver, call_id, bound_to }: ApprovalResolved,
  { run, call }: Known,
): EventFault | undefined {
  const asked = askedCall(call);
  if (asked?.call_id !== call_id) {
    return otherApproval(
      `${quoted(approver)} answered about a call that needed no answer: ${
        quoted(call_id)
      }`,
    );
  }
  if (run === undefined) return undefined;
  const bound = bindingOf(askingRun(run, asked), asked);
  return bound === bound_to ? undefined : otherApproval(
    `the answer is bound to another decision: ${bound_to} instead of ${bound}`,
  );
}

/** Why a verdict does not follow from the answer before it, if there was one. */
function verdictFault(
  event: PolicyChecked,
  call: CurrentCall,
): EventFault | undefined {
  const { answer, verdict: asked } = call;
  const isAnswered = answer !== undefined && asked !== undefined;
  if (isAnswered && asked.call_sha256 !== event.call_sha256) {
    return otherApproval(
      `the call that was answered on is another one: its call_sha256 is ${asked.call_sha256}, this one's is ${event.call_sha256}`,
    );
  }
  if (!isDue(call, event)) return undefined;
  if (!isAnswered) return unansweredFault(event);
  if (answer.verdict === "rejected") {
    return rejectionFault(event, { asked, answer });
  }
  return event.decision === "escalate"
    ? notAsAnswered("the call is left to a person who has answered")
    : unansweredFault(event);
}

function rejectionFault(
  { decision, rule_id, reason, metadata }: PolicyChecked,
  { asked, answer }: {
    readonly asked: PolicyChecked;
    readonly answer: ApprovalResolved;
  },
): EventFault | undefined {
  const why = rejection(answer, asked.reason ?? "");
  return decision === "deny" && rule_id === asked.rule_id &&
      reason === why && metadata.approver === answer.approver
    ? undefined
    : notAsAnswered(
      `after a rejection by ${
        quoted(answer.approver)
      } the decision is ${decision}${
        reason === null ? "" : `: ${quoted(reason)}`
      }; expected deny by ${asked.rule_id}: ${quoted(why)}`,
    );
}

/** The rule for approvals denies rejected calls; a rule that fails denies any call. */
function unansweredFault(
  { decision, rule_id, metadata }: PolicyChecked,
): EventFault | undefined {
  const failed = metadata.error_class !== undefined;
  return decision === "deny" && rule_id === "approval" && !failed
    ? notAsAnswered("the call is denied by approval, but was not rejected")
    : undefined;
}

function notAsAnswered(message: string): EventFault {
  return { code: "not_as_answered", message };
}

function otherApproval(message: string): EventFault {
  return { code: "other_approval", message };
}
