import { NOBODY } from "../../policy/answer.ts";
import type { PolicyDocument } from "../../policy/document/document.ts";
import type { Proposal } from "../../policy/rule.ts";
import {
  approvalRequest,
  PENDING,
  PendingApprovalError,
} from "../approval/approval.ts";
import { approverNameFault, isClient } from "../approval/approver_name.ts";
import { attempt } from "../attempt/attempt.ts";
import type { ApprovalResolved, PolicyChecked } from "../record/event.ts";
import { recordedTool } from "../record/recorded_tool.ts";
import type { Session } from "./session.ts";

/** Whether a policy takes the answer of a client for that of its user. */
function accepts({ approval }: PolicyDocument): boolean {
  return approval?.accept?.includes("client") === true;
}

/**
 * Has a person answer the escalation `checked`. The result is a rejection when
 * there is no approver or no answer, or when the answer is unknown or in a name
 * that no approver may have.
 *
 * @throws {PendingApprovalError} when the answer is still to come, in a loop; the
 *   call of a client is rejected then, since it cannot be resumed
 */
export async function askPerson(
  session: Session,
  { name, args }: Proposal,
  checked: PolicyChecked,
): Promise<ApprovalResolved> {
  const { spec, env, signal } = session;
  // As it is on record, without what the policy says of it: that is bound by its hash.
  const tool = session.tools.get(name);
  const request = approvalRequest(
    {
      run_id: spec.runId,
      policy: spec.policy,
      tool: tool === undefined ? null : recordedTool(tool),
    },
    checked,
    args.value ?? null,
  );
  const answered = await attempt(
    async () => await env.approver?.(request, signal),
    signal,
  );
  const answer = answered.ok ? answered.value : undefined;
  if (answer === PENDING && session.driver === "loop") {
    throw new PendingApprovalError(request);
  }
  const isNamed = answer !== PENDING && typeof answer?.approver === "string" &&
    approverNameFault(answer.approver) === undefined &&
    (!isClient(answer.approver) || accepts(spec.policy.document));
  return {
    ...session.head(checked.call),
    type: "approval_resolved",
    call_id: request.call_id,
    approver: isNamed ? answer.approver : NOBODY,
    verdict: isNamed && answer.verdict === "approved" ? "approved" : "rejected",
    bound_to: request.bound_to,
  };
}
