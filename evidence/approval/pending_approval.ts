import { effectOf } from "../../runtime/record/effect_of.ts";
import {
  type ApprovalRequest,
  approvalRequest,
  askingRun,
} from "../../runtime/approval/approval.ts";
import type { Json } from "../../tools/data/json.ts";
import {
  callAfter,
  type CurrentCall,
  NO_CALL,
  proposedCall,
} from "../current_call.ts";
import type { ReadLedger } from "../read_ledger.ts";

/**
 * The approval that an unfinished run waits for, derived from its record;
 * `undefined` when it does not wait.
 */
export function pendingApproval(
  { started, events }: Pick<ReadLedger, "started" | "events">,
): ApprovalRequest | undefined {
  const asked = events.at(-1);
  if (started === undefined || asked?.type !== "policy_checked") {
    return undefined;
  }
  if (effectOf(asked) !== "escalate" || asked.call_id === null) {
    return undefined;
  }
  const args = asked.facts?.args ??
    argumentsOf(events.reduce(callAfter, NO_CALL));
  return approvalRequest(askingRun(started, asked), asked, args);
}

/** The arguments that were judged last: proposed, or redirected to. */
function argumentsOf(call: CurrentCall): Json {
  const proposed = proposedCall(call);
  if (call.redirect !== null) return call.redirect;
  return proposed === undefined ? null : JSON.parse(proposed.args_json);
}
