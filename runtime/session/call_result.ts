import type { RuleId } from "../../policy/rule.ts";
import type { Json, JsonObject } from "../../tools/data/json.ts";
import type { RecordedError } from "../record/event.ts";
import type { CallOutcome, Ending } from "./call_outcome.ts";

/** What came of a call of a governed session. */
export type CallResult =
  | ToolReturned
  | CallDenied
  | CallFailed
  | CallAllowed;

/** The tool has run. */
export interface ToolReturned {
  /** Tells the results apart. */
  readonly type: "result";
  /** What the tool returned, a copy. */
  readonly value: Json;
  /** The same as JSON. */
  readonly json: string;
}

/** The call did not run. */
export interface CallDenied {
  /** Tells the results apart. */
  readonly type: "denied";
  /** The rule that denied it; `null` where the session had ended before, and for an unknown tool that no rule denies. */
  readonly rule: RuleId | null;
  /** The clause of the policy, by its id or place; `null` where none decided. */
  readonly clause: string | null;
  /** Why, for people and models. */
  readonly reason: string;
}

/** The tool ran and failed, after every try that the policy allows; or the call was cancelled. */
export interface CallFailed {
  /** Tells the results apart. */
  readonly type: "failed";
  /** What went wrong, as it is on record. */
  readonly error: RecordedError;
}

/** The call of a tool that runs elsewhere may run now; its intent is on record. */
export interface CallAllowed {
  /** Tells the results apart. */
  readonly type: "allowed";
  /** The validated arguments: exactly these may be used. */
  readonly args: JsonObject;
  /** Names the call for `result`; 64 hex digits. */
  readonly idempotencyKey: string;
}

/** What a client is told of the outcome of its call. */
export function callResult(outcome: CallOutcome): CallResult {
  switch (outcome.type) {
    case "result": {
      const { json } = outcome;
      return { type: "result", json, value: JSON.parse(json) };
    }
    case "reported":
      return { type: "failed", error: outcome.error };
    case "denied": {
      const { rule, clause, reason } = outcome;
      return { type: "denied", rule, clause, reason: reason ?? NO_RULE };
    }
    case "ended":
      return endedBy(outcome.why);
  }
}

function endedBy(why: Ending): CallResult {
  switch (why.type) {
    case "denied":
    case "denied_too_often": {
      const { rule, clause, reason } = why;
      return { type: "denied", rule, clause, reason: reason ?? NO_RULE };
    }
    case "failed":
      return { type: "failed", error: why.error };
    case "cancelled":
    case "closed":
      return notBegun(undefined);
  }
}

const NO_RULE = "there is no such tool";

/** What a call is told that comes when its session has ended, for what ended it. */
export function notBegun(ended: Ending | undefined): CallDenied {
  const why = ended === undefined || ended.type === "cancelled" ||
      ended.type === "closed"
    ? "it was closed or cancelled"
    : ended.type === "failed"
    ? ended.error.message
    : ended.type === "denied"
    ? "the policy ends it at the first denial"
    : "there were more denials than the policy allows";
  return {
    type: "denied",
    rule: null,
    clause: null,
    reason: `the session has ended: ${why}`,
  };
}
