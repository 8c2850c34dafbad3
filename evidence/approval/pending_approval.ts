import {
  type ApprovalRequest,
  approvalRequest,
  askingRun,
} from "../../runtime/approval/approval.ts";
import type { RunEvent } from "../../runtime/record/event.ts";
import type { Json } from "../../tools/data/json.ts";

/** What a run that broke off waits for, made again from its record; `undefined` when it waits for nobody. */
export function pendingApproval(
  events: readonly RunEvent[],
): ApprovalRequest | undefined {
  const [started] = events;
  const asked = events.at(-1);
  if (started?.type !== "run_started" || asked?.type !== "policy_checked") {
    return undefined;
  }
  if (asked.decision !== "escalate" || asked.call_id === null) {
    return undefined;
  }
  const args = asked.facts?.args ?? argumentsOf(events);
  return approvalRequest(askingRun(started, asked), asked, args);
}

/** The arguments of the call that was judged last: proposed, or redirected to. */
function argumentsOf(events: readonly RunEvent[]): Json {
  const before = events.at(-2);
  if (before?.type === "tool_finished" && before.redirect !== null) {
    return before.redirect;
  }
  const answered = events.findLastIndex(({ type }) => type === "llm_completed");
  const answer = events[answered];
  const judged = events.slice(answered)
    .filter((event, index, step) =>
      event.type === "policy_checked" && !isAgain(step[index - 1])
    ).length;
  const call = answer?.type === "llm_completed"
    ? answer.calls[judged - 1]
    : undefined;
  return call === undefined ? null : JSON.parse(call.args_json);
}

/** Whether the judgement behind an event is of a call that was judged before. */
function isAgain(before: RunEvent | undefined): boolean {
  return before?.type === "approval_resolved" ||
    before?.type === "tool_finished" && before.redirect !== null;
}
