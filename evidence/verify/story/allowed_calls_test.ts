import { assertEquals } from "@std/assert";
import type { CallProposed, RunEvent } from "../../../runtime/record/event.ts";
import {
  FIRST_CALL,
  overlapped,
  SECOND_CALL,
} from "../../../tests/overlapped.ts";
import { rehearse } from "../../../tests/rehearsal.ts";
import { REHEARSALS } from "../../../tests/rehearsals.ts";
import { allowedCalls } from "./allowed_calls.ts";

/** The faults of events, each with the number of its event. */
function faultsOf(events: readonly RunEvent[]): readonly string[] {
  const check = allowedCalls();
  return events.flatMap((event) =>
    check.push(event).map(({ code, message }) =>
      `${event.seq} ${code}: ${message}`
    )
  );
}

/** The events with other keys in each `call_proposed`. */
function proposing(
  events: readonly RunEvent[],
  keys: Partial<CallProposed>,
): readonly RunEvent[] {
  return events.map((event) =>
    event.type === "call_proposed" ? { ...event, ...keys } : event
  );
}

for (
  const { name, keys, fault } of [
    {
      name: "other arguments",
      keys: { args_json: '{"text":"ho"}' },
      fault:
        'the call "echo" ("call_1_1") was taken up with other arguments than the model proposed',
    },
    {
      name: "the same arguments in another spelling",
      keys: { args_json: '{ "text": "hi" }' },
      fault:
        'the call "echo" ("call_1_1") was taken up with other arguments than the model proposed',
    },
    {
      name: "another tool",
      keys: { tool: "work" },
      fault:
        'the call "work" ("call_1_1") was taken up; the model proposed "echo" ("call_1_1") next',
    },
    {
      name: "another id",
      keys: { call_id: "other" },
      fault:
        'the call "echo" ("other") was taken up; the model proposed "echo" ("call_1_1") next',
    },
  ]
) {
  Deno.test(`allowedCalls() finds a call that was taken up with ${name}`, async () => {
    const events = await rehearse(REHEARSALS.one_call());
    assertEquals(faultsOf(events), []);
    const [first] = faultsOf(proposing(events, keys));
    assertEquals(first, `3 not_proposed: ${fault}`);
  });
}

Deno.test("allowedCalls() finds one call too many", async () => {
  const events = await rehearse(REHEARSALS.one_call());
  const proposed = events[FIRST_CALL];
  if (proposed === undefined) throw new Error("There is no call");
  assertEquals(faultsOf(events.toSpliced(8, 0, { ...proposed, seq: 8 })), [
    '8 not_proposed: the call "echo" ("call_1_1") was taken up, and the model proposed no other',
  ]);
});

Deno.test("allowedCalls() finds calls that were taken up in another order", async () => {
  const events = await rehearse(REHEARSALS.two_calls_in_one_answer());
  const answer = events[2];
  if (answer?.type !== "llm_completed") throw new Error("There is no answer");
  const calls = answer.calls.toReversed();
  assertEquals(faultsOf(events.with(2, { ...answer, calls })), [
    '3 not_proposed: the call "echo" ("call_1_1") was taken up; the model proposed "work" ("call_1_2") next',
    '8 not_proposed: the call "work" ("call_1_2") was taken up; the model proposed "echo" ("call_1_1") next',
  ]);
});

Deno.test("allowedCalls() goes by the verdict on the call, not by the last one", async () => {
  const events = await overlapped();
  assertEquals(faultsOf(events), []);
  // The intent of each call is said to be the other's.
  const swapped = events.map((event): RunEvent =>
    event.type === "tool_started"
      ? {
        ...event,
        call: event.call === FIRST_CALL ? SECOND_CALL : FIRST_CALL,
      }
      : event
  );
  assertEquals(faultsOf(swapped).map((fault) => fault.split(":")[0]), [
    "5 not_allowed",
    "8 not_allowed",
  ]);
});
