import type { RunEvent } from "../../../runtime/record/event.ts";
import type { EventCheck } from "../event_check.ts";

/** Checks that the clock of a run never goes back. */
export function clockCheck(): EventCheck {
  let last = "0";
  /** When the first try of the model began, which is when it was asked. */
  let askedAt: string | undefined;
  /** The newest event of each call of the step; other calls may have gone on since. */
  const newest = new Map<number, string>();

  function faultOf(event: RunEvent): string | undefined {
    const { ts } = event;
    const before = last;
    last = ts;
    if (isBefore(ts, before)) {
      return "it happened before the event in front of it";
    }
    if (event.type === "step_started") {
      askedAt = undefined;
      newest.clear();
    }
    const earliest = event.call === undefined
      ? before
      : newest.get(event.call) ?? before;
    const call = event.type === "call_proposed" ? event.seq : event.call;
    if (call !== undefined) {
      if (isLast(event)) newest.delete(call);
      else newest.set(call, ts);
    }
    if (!("started_at" in event)) return undefined;
    const began = event.started_at;
    if (event.type === "llm_completed" && askedAt !== undefined) {
      return began === askedAt
        ? undefined
        : "the model was asked when its first attempt began";
    }
    if (event.type === "attempt_finished" && event.call_id === null) {
      askedAt ??= began;
    }
    return isBefore(began, earliest) || isBefore(ts, began)
      ? "it did not begin between the event in front of it and its own time"
      : undefined;
  }

  return {
    push(event) {
      const message = faultOf(event);
      return message === undefined ? [] : [{ code: "wrong_time", message }];
    },
    lose() {
      last = "0";
      askedAt = undefined;
      newest.clear();
    },
  };
}

/** Compares whole numbers without leading zeros, which no double holds. */
function isBefore(one: string, other: string): boolean {
  return one.length === other.length ? one < other : one.length < other.length;
}

/** Whether nothing follows for a call that begins after an event of it. */
function isLast(event: RunEvent): boolean {
  return event.type === "tool_finished" && event.redirect === null ||
    event.type === "policy_checked" && event.decision === "deny" &&
      event.enforced === undefined;
}
