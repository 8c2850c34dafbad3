import type { EventType, RunEvent } from "../../../runtime/record/event.ts";

/** What may come next; a denial by a budget is no verdict on a call, so it is told apart. */
export type Next = EventType | "budget";

/** The name of an event in the order of a run. */
export function nameOf(event: RunEvent): Next {
  return event.type === "policy_checked" && event.call_id === null
    ? "budget"
    : event.type;
}

/** Says for people that an event is out of order. */
export function outOfOrder(event: RunEvent, expected: readonly Next[]): string {
  return `${PLAIN[nameOf(event)]} cannot follow here; expected ${
    expected.map((each) => PLAIN[each]).join(" or ") || "nothing more"
  }`;
}

const PLAIN: Readonly<Record<Next, string>> = {
  run_started: "run_started",
  step_started: "step_started",
  llm_completed: "llm_completed",
  tools_changed: "tools_changed",
  call_proposed: "call_proposed",
  policy_checked: "policy_checked of a call",
  budget: "policy_checked of a budget",
  approval_resolved: "approval_resolved",
  tool_started: "tool_started",
  attempt_finished: "attempt_finished",
  tool_finished: "tool_finished",
  step_finished: "step_finished",
  run_finished: "run_finished",
};
