import { NOBODY } from "../../policy/answer.ts";
import type { Address } from "../../policy/facts.ts";
import type { Json } from "../../tools/data/json.ts";
import { Redirect } from "../../tools/redirect.ts";
import type { PathFacts } from "../../tools/sandbox/sandbox.ts";
import type { SchemaResult } from "../../tools/schema.ts";
import type { ApprovalAnswer } from "../approval/approval.ts";
import type {
  AttemptFinished,
  LlmCompleted,
  RunEvent,
} from "../record/event.ts";
import type { LlmOutput } from "../llm/llm.ts";
import { recordedNoAnswer } from "../llm/no_answer.ts";
import { RecordedFailure } from "../attempt/recorded_failure.ts";

/**
 * The clock readings that an event took, in nanoseconds since the epoch, in order.
 * A model's answer began with the first try of it, which has that reading.
 */
export function readingsOf(
  event: RunEvent,
  before: RunEvent | undefined,
): readonly bigint[] {
  const ts = BigInt(event.ts);
  const tried = event.type === "llm_completed" &&
    before?.type === "attempt_finished";
  return "started_at" in event && !tried
    ? [BigInt(event.started_at), ts]
    : [ts];
}

/**
 * What the model returned.
 *
 * @throws {RecordedFailure} when it failed
 */
export function outputOf(event: LlmCompleted): LlmOutput {
  const { error, answer, calls, ...besides } = event;
  const { answered_by: model } = besides;
  const output = {
    usage: besides.usage ?? undefined,
    ...model === undefined ? {} : { model },
    finish_reason: besides.finish_reason ?? undefined,
    raw: besides.raw ?? undefined,
  };
  if (error === null) {
    const { turn } = besides;
    const carried = turn === undefined ? {} : { turn };
    return {
      ...answer === null ? { calls } : { answer },
      ...output,
      ...carried,
    };
  }
  const no_answer = recordedNoAnswer(error);
  if (no_answer !== undefined) return { no_answer, ...output };
  // A model that answered in a wrong form has answered.
  const lost = error.type === "malformed_output";
  throw new RecordedFailure(error, { output, lost });
}

/**
 * The recorded outcome of an attempt; `undefined` when it succeeded and its
 * result is not on record.
 *
 * @throws {RecordedFailure} when it failed
 */
export function outcomeOf(
  { error, outcome, backoff_ms: retryAfterMs }: AttemptFinished,
  receipt: RunEvent | undefined,
): { readonly value: Json | Redirect } | undefined {
  if (error !== null) throw new RecordedFailure(error, { retryAfterMs });
  if (outcome !== "success" || receipt?.type !== "tool_finished") {
    return undefined;
  }
  if (receipt.error !== null) {
    throw new RecordedFailure(receipt.error, { lost: true });
  }
  return {
    value: receipt.redirect === null
      ? receipt.result
      : new Redirect(receipt.redirect),
  };
}

/**
 * What followed a try of the model that succeeded.
 *
 * @throws {RecordedFailure} when it failed
 */
export function attemptOf(
  { error, backoff_ms: retryAfterMs }: AttemptFinished,
  following: RunEvent | undefined,
): RunEvent | undefined {
  if (error !== null) throw new RecordedFailure(error, { retryAfterMs });
  return following;
}

/** Where a path led when the call was judged; `undefined` when that is not on record. */
export function pathFactsOf(
  event: RunEvent | undefined,
  path: string,
): PathFacts | undefined {
  if (event?.type !== "policy_checked") return undefined;
  const found = event.facts?.paths.find((each) => each.path === path);
  if (found === undefined) return undefined;
  const { resolved, inside, special, closed } = found;
  return {
    resolved,
    inside,
    viaLink: found.via_link,
    dotdotAfterLink: found.dotdot_after_link,
    special,
    hardLinked: found.hard_linked,
    ...closed === undefined ? {} : { closed },
  };
}

/** The addresses of a host when the call was judged. */
export function addressesOf(
  event: RunEvent | undefined,
  host: string,
): readonly Address[] | undefined {
  if (event?.type !== "policy_checked") return undefined;
  return event.facts?.hosts.find((each) => each.host === host)?.addresses;
}

/** What a person answered; no answer is a rejection. */
export function approvalOf(event: RunEvent | undefined): ApprovalAnswer {
  return event?.type === "approval_resolved"
    ? { approver: event.approver, verdict: event.verdict }
    : { approver: NOBODY, verdict: "rejected" };
}

/**
 * The recorded result of validating a call's arguments: what is wrong with them,
 * or the validated copy, which is on record when it differs from what was
 * parsed.
 */
export function validationOf(
  event: RunEvent | undefined,
  parsed: unknown,
): SchemaResult<unknown> {
  if (event?.type !== "policy_checked") return { value: parsed };
  const wrong = event.facts?.args_error ?? null;
  if (wrong !== null) {
    const { reason, path } = wrong;
    return { issues: [{ message: reason, path: path === "" ? [] : [path] }] };
  }
  const rewritten = event.facts?.args;
  return { value: rewritten === undefined ? parsed : rewritten };
}
