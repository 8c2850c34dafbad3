import {
  type ApprovalRequest,
  approvalRequest,
  askingRun,
} from "../../runtime/approval/approval.ts";
import { toolsAfter } from "../../runtime/record/recorded_tool.ts";
import type { Json } from "../../tools/data/json.ts";
import { askedCall, type CurrentCall, proposedCall } from "../current_call.ts";
import { openCalls } from "../open_calls.ts";
import type { ReadLedger } from "../read_ledger.ts";

/**
 * The approvals that an unfinished run waits for, derived from its record, in
 * the order in which it asked; empty when it waits for none.
 */
export function pendingApprovals(
  { started, events }: Pick<ReadLedger, "started" | "events">,
): readonly ApprovalRequest[] {
  if (started === undefined) return [];
  const calls = openCalls();
  let run = started;
  for (const event of events) {
    calls.push(event);
    if (event.type !== "tools_changed") continue;
    run = { ...run, tools: toolsAfter(run.tools, event) };
  }
  return [calls.turn, ...calls.open.values()].flatMap((call) => {
    const asked = askedCall(call);
    if (asked === undefined) return [];
    const args = asked.facts?.args ?? argumentsOf(call);
    return [approvalRequest(askingRun(run, asked), asked, args)];
  });
}

/** The first of them; `undefined` when the run waits for none. */
export function pendingApproval(
  record: Pick<ReadLedger, "started" | "events">,
): ApprovalRequest | undefined {
  return pendingApprovals(record)[0];
}

/** The arguments that were judged last: proposed, or redirected to. */
function argumentsOf(call: CurrentCall): Json {
  const proposed = proposedCall(call);
  if (call.redirect !== null) return call.redirect;
  return proposed === undefined ? null : JSON.parse(proposed.args_json);
}
