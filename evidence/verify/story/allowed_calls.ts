import { canonicalize } from "../../../tools/data/canonicalize.ts";
import { callHash } from "../../../policy/call_hash.ts";
import type {
  CallProposed,
  PolicyChecked,
  RunEvent,
  ToolStarted,
} from "../../../runtime/record/event.ts";
import type { Json } from "../../../tools/data/json.ts";
import { sha256Text } from "../../../tools/data/sha256.ts";
import { quoted } from "../../../tools/data/untrusted_text.ts";
import {
  allowedCall,
  type CurrentCall,
  dueCall,
  isDue,
} from "../../current_call.ts";
import type { EventCheck, EventFault } from "../event_check.ts";
import { callCheck, type Known } from "./call_check.ts";

/**
 * Checks every verdict against what the model proposed, and every tool call
 * against the verdict that allowed it. The hashes are computed again from the
 * record.
 */
export function allowedCalls(): EventCheck {
  return callCheck(faultOf);
}

function faultOf(event: RunEvent, known: Known): EventFault | undefined {
  switch (event.type) {
    case "call_proposed":
      return known.run?.llm.execution_path === "client"
        ? undefined
        : proposalFault(event, known.turn);
    case "policy_checked":
      return event.call_id === null
        ? undefined
        : verdictFault(event, known.call);
    case "tool_started":
      return intentFault(event, known);
  }
}

/** Why a call that is taken up is not the next one that the model proposed. */
function proposalFault(
  { call_id, tool, args_json }: CallProposed,
  turn: CurrentCall,
): EventFault | undefined {
  const due = turn.calls[turn.judged];
  const found = `${quoted(tool)} (${quoted(call_id)})`;
  const message = due === undefined
    ? `the call ${found} was taken up, and the model proposed no other`
    : due.id !== call_id || due.tool !== tool
    ? `the call ${found} was taken up; the model proposed ${
      quoted(due.tool)
    } (${quoted(due.id)}) next`
    : due.args_json !== args_json
    ? `the call ${found} was taken up with other arguments than the model proposed`
    : undefined;
  return message === undefined ? undefined : { code: "not_proposed", message };
}

/** Why a verdict does not belong to a proposed call. */
function verdictFault(
  event: PolicyChecked,
  call: CurrentCall,
): EventFault | undefined {
  if (isDue(call, event)) return undefined;
  const due = dueCall(call);
  const found = `${quoted(event.tool ?? "")} (${quoted(event.call_id ?? "")})`;
  const message = due === undefined
    ? `a call of ${found} was judged, and nothing more was proposed`
    : `a call of ${found} was judged; the model proposed ${quoted(due.tool)} (${
      quoted(due.id)
    }) next`;
  return { code: "not_proposed", message };
}

/** Why a tool call is not the one that was allowed. */
function intentFault(
  event: ToolStarted,
  { run, call }: Known,
): EventFault | undefined {
  const allowedBy = allowedCall(call);
  const name = `${quoted(event.tool)} (${quoted(event.call_id)})`;
  if (allowedBy === undefined) return notAllowed(`nothing allowed ${name}`);
  if (allowedBy.tool !== event.tool || allowedBy.call_id !== event.call_id) {
    return notAllowed(
      `${name} ran; what was allowed is ${quoted(allowedBy.tool ?? "")} (${
        quoted(allowedBy.call_id ?? "")
      })`,
    );
  }
  const args = canonical(event.args);
  if (args === undefined) {
    return notAllowed(`the arguments of ${name} have no canonical form`);
  }
  const hash = callHash(event.tool, args);
  if (hash !== allowedBy.call_sha256) {
    return notAllowed(
      `${name} ran with other arguments than those that were allowed: call_sha256 is ${allowedBy.call_sha256}, theirs is ${hash}`,
    );
  }
  return run && keyFault(event, { runId: run.run_id, args });
}

function keyFault(
  { seq, tool, idempotency_key }: ToolStarted,
  { runId, args }: { readonly runId: string; readonly args: string },
): EventFault | undefined {
  const parts = [JSON.stringify(runId), seq, JSON.stringify(tool)];
  const key = sha256Text(`[${parts.join(",")},${args}]`);
  return key === idempotency_key ? undefined : {
    code: "wrong_idempotency_key",
    message: `the idempotency key is ${idempotency_key}; expected ${key}`,
  };
}

function notAllowed(message: string): EventFault {
  return { code: "not_allowed", message };
}

/** RFC 8785; `undefined` for what has no such form. */
function canonical(args: Json): string | undefined {
  try {
    return canonicalize(args);
  } catch {
    return undefined;
  }
}
