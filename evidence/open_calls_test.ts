import { assertEquals } from "@std/assert";
import { effectOf } from "../runtime/record/effect_of.ts";
import type { RunEvent } from "../runtime/record/event.ts";
import { FIRST_CALL, overlapped, SECOND_CALL } from "../tests/overlapped.ts";
import { rehearse } from "../tests/rehearsal.ts";
import { REHEARSALS } from "../tests/rehearsals.ts";
import {
  allowedCall,
  askedCall,
  callAfter,
  isDue,
  NO_CALL,
  proposedCall,
  runningCall,
} from "./current_call.ts";
import { openCalls } from "./open_calls.ts";

/** Each event, with what is known of its call before and after it, and the calls that are open then. */
function followed(events: readonly RunEvent[]) {
  const calls = openCalls();
  return events.map((event) => {
    const before = calls.before(event);
    const after = calls.push(event);
    return {
      event,
      before,
      after,
      turn: calls.turn,
      open: [...calls.open.keys()],
    };
  });
}

/** The same events as version 1 has them. */
function ofVersion1(events: readonly RunEvent[]): readonly RunEvent[] {
  return events.filter(({ type }) => type !== "call_proposed")
    .map(({ call: _, ...event }) => event);
}

for (const [name, make] of Object.entries(REHEARSALS)) {
  Deno.test(`openCalls() has what each event of ${name} needs before it`, async () => {
    for (const { event, before } of followed(await rehearse(make()))) {
      if (event.call === undefined) continue;
      if (event.type === "policy_checked" && event.call_id !== null) {
        assertEquals(isDue(before, event), true);
      }
      if (event.type === "approval_resolved") {
        assertEquals(askedCall(before)?.call, event.call);
      }
      if (event.type === "tool_started") {
        assertEquals(allowedCall(before)?.call, event.call);
      }
      if (event.type === "attempt_finished" || event.type === "tool_finished") {
        assertEquals(runningCall(before)?.call, event.call);
      }
    }
  });

  Deno.test(`openCalls() of ${name} in version 1 follows the events one after the other`, async () => {
    let after = NO_CALL;
    for (const each of followed(ofVersion1(await rehearse(make())))) {
      assertEquals(each.before, after);
      after = callAfter(after, each.event);
      assertEquals([each.after, each.turn, each.open], [after, after, []]);
    }
  });
}

Deno.test("openCalls() tells calls apart that run at the same time", async () => {
  const steps = followed(await overlapped());
  const ofCalls = steps.filter(({ event }) => event.call !== undefined);
  for (const { event, after } of ofCalls) {
    const tool = event.call === FIRST_CALL ? "echo" : "work";
    assertEquals(proposedCall(after)?.tool, tool);
    assertEquals(after.verdict?.call, event.call);
  }
  assertEquals(steps.slice(FIRST_CALL, 13).map(({ open }) => open), [
    [FIRST_CALL],
    [FIRST_CALL],
    [FIRST_CALL],
    ...Array.from({ length: 5 }, () => [FIRST_CALL, SECOND_CALL]),
    [FIRST_CALL],
    [],
  ]);
});

Deno.test("openCalls() counts the proposals of a step that were taken up", async () => {
  const steps = followed(await overlapped());
  assertEquals(steps.map(({ turn }) => turn.judged), [
    ...[0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2],
    // The answer begins anew.
    ...[0, 0, 0, 0],
  ]);
  assertEquals(steps[5]?.turn.calls.length, 2);
});

Deno.test("openCalls() knows nothing of a call that was not proposed, or is over", async () => {
  const events = await rehearse(REHEARSALS.one_call());
  const calls = openCalls();
  for (const event of events) {
    if (event.type === "step_finished") break;
    calls.push(event);
  }
  for (const event of events.filter(({ call }) => call !== undefined)) {
    assertEquals(calls.before(event), NO_CALL);
    assertEquals(calls.before({ ...event, call: 99 }), NO_CALL);
  }
});

Deno.test("openCalls() keeps a call that is redirected or asked about, and none that is denied", async () => {
  for (
    const name of [
      "redirected_twice",
      "redirected_elsewhere_and_told",
      "approved",
      "rejected_and_told",
    ] as const
  ) {
    for (
      const { event, open } of followed(await rehearse(REHEARSALS[name]()))
    ) {
      if (event.call === undefined) continue;
      const isOver =
        event.type === "policy_checked" && effectOf(event) === "deny" ||
        event.type === "tool_finished" && event.redirect === null;
      assertEquals(open, isOver ? [] : [event.call], `${name} ${event.seq}`);
    }
  }
});

Deno.test("openCalls() leaves a call behind that a step left open", async () => {
  const events = await rehearse(REHEARSALS.two_calls_in_one_answer());
  const next = events.findIndex(({ step }) => step === 2);
  const cut = [...events.slice(0, FIRST_CALL + 1), ...events.slice(next)];
  assertEquals(followed(cut).map(({ open }) => open).slice(2, 5), [
    [],
    [FIRST_CALL],
    [],
  ]);
});
