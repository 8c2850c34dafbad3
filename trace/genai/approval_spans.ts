import { NOBODY } from "../../policy/answer.ts";
import { effectOf } from "../../runtime/record/effect_of.ts";
import type {
  EventHead,
  PolicyChecked,
  RunEvent,
  RunStarted,
} from "../../runtime/record/event.ts";
import { type Span, SPAN_KIND } from "../span.ts";
import { spanIds } from "../span_id.ts";
import { openInference } from "./conventions.ts";

/**
 * Makes the spans of waits for persons: from the verdict that leaves a call to one
 * to the answer.
 */
export function approvalSpans(
  started: RunStarted,
): (event: RunEvent) => readonly Span<string>[] {
  const { traceId, spanId } = spanIds(started);
  const isClients = started.llm.execution_path === "client";
  const asked = new Map<number | undefined, PolicyChecked>();
  let step: Pick<EventHead, "seq"> = started;

  return (event) => {
    switch (event.type) {
      case "step_started":
        step = event;
        return [];
      case "policy_checked":
        if (effectOf(event) === "escalate") asked.set(event.call, event);
        return [];
      case "approval_resolved": {
        const question = asked.get(event.call);
        asked.delete(event.call);
        if (question === undefined) return [];
        const { approver, verdict } = event;
        const isApproved = verdict === "approved";
        // The step of a client's call is named by the call.
        const parent = isClients && event.call !== undefined
          ? { seq: event.call }
          : step;
        return [{
          traceId,
          spanId: spanId(event),
          parentSpanId: spanId(parent),
          name: "approval",
          kind: SPAN_KIND.internal,
          start: question.ts,
          end: event.ts,
          attributes: {
            "agent.run_id": started.run_id,
            "agent.step_index": event.step,
            "agent.tool_name": question.tool ?? undefined,
            "agent.approval.verdict": verdict,
            "agent.approval.approver": approver,
            "policy.version": started.policy.version,
            "error.type": isApproved ? undefined : verdict,
            ...openInference("GUARDRAIL"),
          },
          error: isApproved
            ? undefined
            : approver === NOBODY
            ? "nobody approved it"
            : `rejected by ${approver}`,
        }];
      }
      default:
        return [];
    }
  };
}
