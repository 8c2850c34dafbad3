import { approvalBinding, type ApprovalRequest } from "../runtime/approval.ts";
import type { RunEvent } from "../runtime/event.ts";
import type { Json } from "../tools/json.ts";

/** What a run that broke off waits for, made again from its record; `undefined` when it waits for nobody. */
export function pendingApproval(
  events: readonly RunEvent[],
): ApprovalRequest | undefined {
  const [started] = events;
  const asked = events.at(-1);
  if (started?.type !== "run_started" || asked?.type !== "policy_checked") {
    return undefined;
  }
  const { call_id, tool, decision, reason, seq, call_sha256 } = asked;
  if (decision !== "escalate" || call_id === null || tool === null) {
    return undefined;
  }
  return {
    run_id: started.run_id,
    call_id,
    tool,
    args: argumentsOf(events),
    reason: reason ?? "",
    policy_version: started.policy.version,
    bound_to: approvalBinding({
      run_id: started.run_id,
      policy_sha256: started.policy.sha256,
      seq,
      call_sha256,
      tool: started.tools.find(({ name }) => name === tool) ?? null,
    }),
  };
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
