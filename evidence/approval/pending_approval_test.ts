import { assertEquals } from "@std/assert";
import {
  type ApprovalRequest,
  PENDING,
  PendingApprovalError,
} from "../../runtime/approval/approval.ts";
import type { RunEvent } from "../../runtime/record/event.ts";
import { ASKED, eventsOf, inTurn, rehearsal } from "../../tests/rehearsal.ts";
import { pendingApproval } from "./pending_approval.ts";

/** A run that asks a person about each of its calls, until an answer is still to come. */
async function waiting(...answers: readonly unknown[]) {
  const events: RunEvent[] = [];
  let request: ApprovalRequest | undefined;
  try {
    for await (
      const event of rehearsal({
        policy: { escalate: ASKED, on_deny: "continue" },
        script: [{
          calls: ["a", "b", "c"].map((text) => ({
            tool: "work",
            args: { text },
          })),
        }, { answer: "done" }],
        approver: inTurn(...answers),
      })
    ) events.push(event);
  } catch (error) {
    if (!(error instanceof PendingApprovalError)) throw error;
    request = error.request;
  }
  return { events, request };
}

function recordOf(events: readonly RunEvent[]) {
  return { started: eventsOf("run_started", events)[0], events };
}

const APPROVED = { approver: "ada", verdict: "approved" };
const REJECTED = { approver: "ada", verdict: "rejected" };

for (
  const { name, answers, text } of [
    { name: "the first call", answers: [], text: "a" },
    { name: "a call after an approved one", answers: [APPROVED], text: "b" },
    { name: "a call after a rejected one", answers: [REJECTED], text: "b" },
    {
      name: "a call after one of each",
      answers: [REJECTED, APPROVED],
      text: "c",
    },
  ]
) {
  Deno.test(`pendingApproval() is what the run asked about ${name}`, async () => {
    const { events, request } = await waiting(...answers, PENDING);
    assertEquals(pendingApproval(recordOf(events)), request);
    assertEquals(request?.args, { text });
  });
}

Deno.test("pendingApproval() is undefined for a run that does not wait", async () => {
  const { events, request } = await waiting(REJECTED);
  assertEquals(request, undefined);
  for (let length = 0; length <= events.length; length++) {
    const part = events.slice(0, length);
    const last = part.at(-1);
    const waits = last?.type === "policy_checked" &&
      last.decision === "escalate";
    assertEquals(
      pendingApproval(recordOf(part)) !== undefined,
      waits,
      `${length}`,
    );
  }
});
