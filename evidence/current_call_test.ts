import { assertEquals } from "@std/assert";
import type { RunEvent } from "../runtime/record/event.ts";
import {
  ASKED,
  inTurn,
  outage,
  type Rehearsal,
  rehearse,
} from "../tests/rehearsal.ts";
import { REHEARSALS } from "../tests/rehearsals.ts";
import { Redirect } from "../tools/redirect.ts";
import {
  allowedCall,
  askedCall,
  callAfter,
  type CurrentCall,
  dueCall,
  NO_CALL,
  proposedCall,
  runningCall,
} from "./current_call.ts";

const A = { url: "https://fixtures.local/a" };
const B = { url: "https://fixtures.local/b" };
const C = { text: "c" };

/** Two calls: the first is approved, redirected and approved again, the second rejected. */
const twoCalls = (): Rehearsal => ({
  policy: { escalate: ASKED, on_deny: "continue" },
  script: [
    { calls: [A, C].map((args) => ({ tool: "work", args })) },
    { answer: "done" },
  ],
  work: inTurn(outage(), new Redirect(B), "here"),
  approver: inTurn(
    { approver: "ada", verdict: "approved" },
    { approver: "ada", verdict: "approved" },
    { approver: "ada", verdict: "rejected" },
  ),
});

/** Each event with what is known of the call before it and after it. */
function followed(events: readonly RunEvent[]) {
  let after = NO_CALL;
  return events.map((event) => {
    const before = after;
    after = callAfter(before, event);
    return { event, before, after };
  });
}

function argumentsOf(call: CurrentCall): unknown {
  return call.redirect ?? JSON.parse(proposedCall(call)?.args_json ?? "null");
}

Deno.test("callAfter() follows calls through answers and redirects", async () => {
  const verdicts = followed(await rehearse(twoCalls()))
    .filter(({ event }) => event.type === "policy_checked");
  assertEquals(
    verdicts.map(({ after }) => [
      after.verdict?.decision,
      after.occasion,
      argumentsOf(after),
    ]),
    [
      ["escalate", "proposed", A],
      ["allow", "answered", A],
      ["escalate", "redirected", B],
      ["allow", "answered", B],
      ["escalate", "proposed", C],
      ["deny", "answered", C],
    ],
  );
});

for (
  const [name, make] of Object.entries({
    ...REHEARSALS,
    two_calls: twoCalls,
  })
) {
  Deno.test(`dueCall() before each verdict of ${name} is the call that it is about`, async () => {
    for (const { event, before, after } of followed(await rehearse(make()))) {
      if (event.type !== "policy_checked" || event.call_id === null) continue;
      const { call_id, tool } = event;
      const { occasion } = after;
      assertEquals(dueCall(before), {
        id: call_id,
        tool: tool ?? "",
        occasion,
      });
    }
  });

  Deno.test(`callAfter() has what each event of ${name} needs before it`, async () => {
    for (const { event, before } of followed(await rehearse(make()))) {
      if (event.type === "approval_resolved") {
        assertEquals(askedCall(before)?.call_id, event.call_id);
      }
      if (event.type === "tool_started") {
        assertEquals(allowedCall(before)?.call_id, event.call_id);
      }
      if (event.type === "attempt_finished") {
        assertEquals(runningCall(before)?.call_id ?? null, event.call_id);
        if (event.call_id === null) continue;
        assertEquals((before.attempt?.attempt ?? 0) + 1, event.attempt);
      }
      if (event.type === "tool_finished") {
        assertEquals(runningCall(before)?.call_id, event.call_id);
      }
    }
  });
}

Deno.test("allowedCall(), askedCall() and runningCall() count until the next event of the call", async () => {
  for (const { event, after } of followed(await rehearse(twoCalls()))) {
    const { type } = event;
    const decision = type === "policy_checked" ? event.decision : undefined;
    assertEquals(allowedCall(after) !== undefined, decision === "allow");
    assertEquals(askedCall(after) !== undefined, decision === "escalate");
    const isRunning = type === "tool_started" ||
      type === "attempt_finished" && event.call_id !== null;
    assertEquals(runningCall(after) !== undefined, isRunning);
  }
});

Deno.test("callAfter() begins anew with an intent that no verdict precedes", async () => {
  const steps = followed(await rehearse(REHEARSALS.one_call()));
  const intent = steps.find(({ event }) => event.type === "tool_started");
  const receipt = steps.find(({ event }) => event.type === "tool_finished");
  if (intent === undefined || receipt === undefined) throw new Error("No call");
  const again = callAfter(receipt.after, intent.event);
  assertEquals(again, intent.after);
});

Deno.test("callAfter() passes over what a budget says", async () => {
  const steps = followed(
    await rehearse({
      policy: {
        on_deny: "continue",
        loop_budget: { max_iterations: 9, max_denials: 1 },
      },
      script: [{ calls: [{ tool: "rm", args: {} }, { tool: "rm", args: {} }] }],
    }),
  );
  const budget = steps.find(({ event }) =>
    event.type === "policy_checked" && event.call_id === null
  );
  assertEquals(budget?.after.verdict?.decision, "deny");
  assertEquals(budget?.after, budget?.before);
});

Deno.test("dueCall() is nothing where more is judged than was proposed", async () => {
  const { event, after } = followed(await rehearse(REHEARSALS.one_call()))
    .find(({ event }) => event.type === "policy_checked") ?? {};
  if (event === undefined || after === undefined) throw new Error("No verdict");
  assertEquals(dueCall(after), undefined);
  assertEquals(proposedCall(after)?.tool, after.verdict?.tool);
  assertEquals(proposedCall(callAfter(after, event)), undefined);
});
