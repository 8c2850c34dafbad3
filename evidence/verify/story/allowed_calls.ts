import { canonicalize } from "../../../tools/data/canonicalize.ts";
import { NOBODY, rejection } from "../../../policy/answer.ts";
import { callHash } from "../../../policy/call_hash.ts";
import type { Json } from "../../../tools/data/json.ts";
import { askingRun, bindingOf } from "../../../runtime/approval/approval.ts";
import type {
  ApprovalResolved,
  AttemptFinished,
  PolicyChecked,
  RunEvent,
  RunStarted,
  ToolFinished,
  ToolStarted,
} from "../../../runtime/record/event.ts";
import { approverNameFault } from "../../../runtime/approval/approver_name.ts";
import { INDETERMINATE } from "../../../runtime/attempt/recorded_failure.ts";
import { valueDifference } from "../../../tools/data/value_difference.ts";
import type { FindingCode } from "../finding.ts";
import { quoted } from "../../../tools/data/untrusted_text.ts";
import { sha256Text } from "../../../tools/data/sha256.ts";

/** What is wrong with an event, for people. */
export interface CallFault {
  readonly code: FindingCode;
  readonly message: string;
}

/** A call by what the model named it. */
interface NamedCall {
  readonly id: string;
  readonly tool: string;
}

/** A decision that was left to a person, and what came of it. */
interface Answered {
  readonly asked: PolicyChecked;
  readonly answer: ApprovalResolved;
}

/** Follows the calls of a run from proposal to receipt. */
export interface AllowedCalls {
  /** Returns what is wrong with the event, if anything. */
  push(event: RunEvent): CallFault | undefined;
  /** Something is missing here; calls are known again when the next step begins. */
  lose(): void;
}

/**
 * Holds every tool call against the decision that allowed it, and every
 * decision against what the model proposed. The hashes are made anew from what
 * is on record, and by code of its own: a mistake of the loop's cannot hide here.
 */
export function allowedCalls(): AllowedCalls {
  let run: RunStarted | undefined;
  let lost = false;
  /** What the model proposed in this step and what has not been judged. */
  let proposed: readonly NamedCall[] = [];
  /** The call that is to be judged once more: a person answered on it, or it was redirected. */
  let again: NamedCall | undefined;
  let escalated: PolicyChecked | undefined;
  /** What a person answered; it counts for the judgement right behind it, and for no other. */
  let answered: Answered | undefined;
  let grant: PolicyChecked | undefined;
  let intent: ToolStarted | undefined;
  let lastAttempt: AttemptFinished | undefined;

  function reset(calls: readonly NamedCall[]): void {
    proposed = calls;
    again =
      escalated =
      answered =
      grant =
      intent =
      lastAttempt =
        undefined;
  }

  function judged(event: PolicyChecked): CallFault | undefined {
    const wanted = again ?? proposed[0];
    if (again === undefined) proposed = proposed.slice(1);
    const behind = answered;
    again =
      grant =
      escalated =
      answered =
        undefined;
    if (event.decision === "escalate") escalated = event;
    if (event.decision === "allow") grant = event;
    const asked = behind?.asked;
    if (asked !== undefined && asked.call_sha256 !== event.call_sha256) {
      const message =
        `the call that was answered on is another one: its call_sha256 is ${asked.call_sha256}, this one's is ${event.call_sha256}`;
      return { code: "other_approval", message };
    }
    if (wanted?.id === event.call_id && wanted?.tool === event.tool) {
      return answerFault(event, behind);
    }
    const found = `${quoted(event.tool ?? "")} (${
      quoted(event.call_id ?? "")
    })`;
    const message = wanted === undefined
      ? `a call of ${found} was judged, and nothing more was proposed`
      : `a call of ${found} was judged; the model proposed ${
        quoted(wanted.tool)
      } (${quoted(wanted.id)}) next`;
    return { code: "not_proposed", message };
  }

  function resolved(event: ApprovalResolved): CallFault | undefined {
    const asked = escalated;
    escalated = undefined;
    if (asked !== undefined) {
      answered = { asked, answer: event };
      again = { id: asked.call_id ?? "", tool: asked.tool ?? "" };
    }
    const nameless = approverFault(event);
    if (nameless !== undefined) return nameless;
    if (asked?.call_id === event.call_id) return bindingFault(event, asked);
    const message = `${
      quoted(event.approver)
    } answered on a call that nobody was asked about: ${quoted(event.call_id)}`;
    return { code: "other_approval", message };
  }

  function started(event: ToolStarted): CallFault | undefined {
    const allowedBy = grant;
    grant = undefined;
    intent = event;
    lastAttempt = undefined;
    const name = `${quoted(event.tool)} (${quoted(event.call_id)})`;
    if (allowedBy === undefined) {
      return { code: "not_allowed", message: `nothing allowed ${name}` };
    }
    if (
      allowedBy.tool !== event.tool || allowedBy.call_id !== event.call_id
    ) {
      const message = `${name} ran; what was allowed is ${
        quoted(allowedBy.tool ?? "")
      } (${quoted(allowedBy.call_id ?? "")})`;
      return { code: "not_allowed", message };
    }
    const args = canonical(event.args);
    if (args === undefined) {
      const message = `the arguments of ${name} have no canonical form`;
      return { code: "not_allowed", message };
    }
    const call = callHash(event.tool, args);
    if (call !== allowedBy.call_sha256) {
      const message =
        `${name} ran with other arguments than those that were allowed: call_sha256 is ${allowedBy.call_sha256}, theirs is ${call}`;
      return { code: "not_allowed", message };
    }
    return keyFault(event, args);
  }

  function bindingFault(
    { bound_to }: ApprovalResolved,
    asked: PolicyChecked,
  ): CallFault | undefined {
    if (run === undefined) return;
    const bound = bindingOf(askingRun(run, asked), asked);
    if (bound === bound_to) return;
    const message =
      `the answer is bound to another decision: ${bound_to} instead of ${bound}`;
    return { code: "other_approval", message };
  }

  function keyFault(
    { seq, tool, idempotency_key }: ToolStarted,
    args: string,
  ): CallFault | undefined {
    if (run === undefined) return;
    const parts = [JSON.stringify(run.run_id), seq, JSON.stringify(tool)];
    const key = sha256Text(`[${parts.join(",")},${args}]`);
    return key === idempotency_key ? undefined : {
      code: "wrong_idempotency_key",
      message: `the idempotency key is ${idempotency_key}; expected ${key}`,
    };
  }

  function attempted(event: AttemptFinished): CallFault | undefined {
    const before = lastAttempt;
    lastAttempt = event;
    // A run whose model was out, each allowed try included, can go on.
    const isNewRound = before?.call_id === null &&
      before.outcome === "exhausted";
    const number = isNewRound ? 1 : (before?.attempt ?? 0) + 1;
    const [due, found] = [intent?.call_id ?? null, event.call_id];
    return due !== found
      ? disorder(`the attempt is of another call: ${quoted(String(found))}`)
      : event.attempt !== number
      ? disorder(`it is attempt ${event.attempt} where ${number} is due`)
      : before !== undefined && before.outcome !== "transient_failure" &&
          !isNewRound
      ? disorder(`an attempt follows one that ended with ${before.outcome}`)
      : undefined;
  }

  function finished(event: ToolFinished): CallFault | undefined {
    const [call, last] = [intent, lastAttempt];
    intent = lastAttempt = undefined;
    if (event.redirect !== null) {
      again = { id: event.call_id, tool: event.tool };
    }
    if (call?.call_id !== event.call_id || call.tool !== event.tool) {
      return disorder(
        `the receipt is of another call: ${quoted(event.call_id)}`,
      );
    }
    if (last === undefined) {
      return disorder("there is a receipt and no attempt");
    }
    return fitsAttempt(event, last) ? undefined : disorder(
      `the receipt does not fit the last attempt, which ended with ${last.outcome}`,
    );
  }

  function faultOf(event: RunEvent): CallFault | undefined {
    switch (event.type) {
      case "llm_completed":
        lastAttempt = undefined;
        reset(event.calls);
        return;
      case "policy_checked":
        return event.call_id === null ? undefined : judged(event);
      case "approval_resolved":
        return resolved(event);
      case "tool_started":
        return started(event);
      case "attempt_finished":
        return attempted(event);
      case "tool_finished":
        return finished(event);
    }
  }

  return {
    push(event) {
      if (event.type === "run_started") run ??= event;
      if (event.type === "step_started") {
        lost = false;
        reset([]);
      }
      return lost ? undefined : faultOf(event);
    },
    lose() {
      lost = true;
    },
  };
}

/** What is wrong with a judgement, by what a person answered before it; perhaps nobody was asked. */
function answerFault(
  event: PolicyChecked,
  behind: Answered | undefined,
): CallFault | undefined {
  const { decision, rule_id, reason, metadata } = event;
  if (behind?.answer.verdict === "rejected") {
    const { asked, answer } = behind;
    const why = rejection(answer, asked.reason ?? "");
    return decision === "deny" && rule_id === asked.rule_id &&
        reason === why && metadata.approver === answer.approver
      ? undefined
      : notAsAnswered(
        `behind a rejection by ${quoted(answer.approver)} stands ${decision}${
          reason === null ? "" : `: ${quoted(reason)}`
        }; expected deny by ${asked.rule_id}: ${quoted(why)}`,
      );
  }
  if (behind !== undefined && decision === "escalate") {
    return notAsAnswered("the call is left to a person who has answered");
  }
  // A rule that fails denies, whatever it is about.
  const failed = metadata.error_class !== undefined;
  return decision === "deny" && rule_id === "approval" && !failed
    ? notAsAnswered("the call is denied by approval, and nobody rejected it")
    : undefined;
}

function notAsAnswered(message: string): CallFault {
  return { code: "not_as_answered", message };
}

function approverFault(
  { approver, verdict }: ApprovalResolved,
): CallFault | undefined {
  if (approver === NOBODY && verdict === "rejected") return undefined;
  const why = approverNameFault(approver);
  return why === undefined ? undefined : {
    code: "unknown_approver",
    message: `${quoted(approver)} cannot have ${verdict} anything: ${why}`,
  };
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

function disorder(message: string): CallFault {
  return { code: "event_order", message };
}

/** RFC 8785; `undefined` for what has no such form. */
function canonical(args: Json): string | undefined {
  try {
    return canonicalize(args);
  } catch {
    return undefined;
  }
}
