import { assertEquals } from "@std/assert";
import { type Rehearsal, rehearse } from "../../tests/rehearsal.ts";
import { REHEARSALS } from "../../tests/rehearsals.ts";
import { timeline } from "../../evidence/report/timeline.ts";
import type { RunEvent } from "../../runtime/record/event.ts";
import { outputTo } from "../command/output.ts";
import { progress } from "./progress.ts";

/** What is told of events, at a terminal or elsewhere, with a clock that a test moves. */
function watched(
  { isTerminal, ...options }:
    & { readonly isTerminal: boolean }
    & Partial<Pick<Parameters<typeof progress>[0], "form" | "recorded">>,
) {
  const notes: string[] = [];
  const statuses: string[] = [];
  let now = 0;
  let tick = () => {};
  const output = {
    ...outputTo({
      data: () => {},
      note: (line) => void notes.push(line),
      isTerminal,
    }),
    ...isTerminal ? { status: (text: string) => void statuses.push(text) } : {},
  };
  let isRunning = true;
  const pulse = {
    now: () => now,
    every(ms: number, ticked: () => void) {
      assertEquals(ms <= 1000, true);
      tick = ticked;
      return { [Symbol.dispose]: () => void (isRunning = false) };
    },
  };
  const told = progress({ output, pulse, form: "steps", ...options });
  return {
    notes,
    statuses,
    watch: (events: readonly RunEvent[]) => events.forEach(told.watch),
    pass(seconds: number) {
      for (let second = 0; second < seconds; second++) {
        now += 1000;
        tick();
      }
    },
    end() {
      told[Symbol.dispose]();
      assertEquals(isRunning, false);
    },
  };
}

function until(events: readonly RunEvent[], type: RunEvent["type"]) {
  return events.slice(0, events.findIndex((each) => each.type === type) + 1);
}

Deno.test("progress() paints at a terminal what goes on, every second", async () => {
  const events = await rehearse(REHEARSALS.one_call());
  const there = watched({ isTerminal: true });
  there.watch(until(events, "step_started"));
  there.pass(3);
  assertEquals(there.statuses.slice(-4), [
    "step 1: asking the model",
    "step 1: asking the model for 1 s",
    "step 1: asking the model for 2 s",
    "step 1: asking the model for 3 s",
  ]);
  there.watch(events.slice(2));
  there.end();
  assertEquals(there.statuses.at(-1), "");
  assertEquals(there.notes, ["step 1: echo done", "step 2: answered"]);
});

Deno.test("progress() hides its line while a person is asked", async () => {
  const there = watched({ isTerminal: true });
  const events = await rehearse(REHEARSALS.approved());
  there.watch(until(events, "policy_checked"));
  there.pass(2);
  assertEquals(there.statuses.slice(-3), ["", "", ""]);
});

Deno.test("progress() says again elsewhere what takes long, and nothing more often", async () => {
  const events = await rehearse(REHEARSALS.one_call());
  const there = watched({ isTerminal: false });
  there.watch(until(events, "step_started"));
  there.pass(29);
  assertEquals(there.notes, []);
  there.pass(32);
  assertEquals(there.notes, [
    "step 1: asking the model for 30 s",
    "step 1: asking the model for 60 s",
  ]);
  there.watch(events.slice(2));
  there.pass(100);
  there.end();
  assertEquals(there.notes.slice(2), ["step 1: echo done", "step 2: answered"]);
});

Deno.test("progress() ends a live run with where its time went", async () => {
  const there = watched({ isTerminal: false });
  for (const event of await rehearse(REHEARSALS.cost_of_another_model())) {
    there.pass(event.type === "llm_completed" ? 2 : 0);
    there.pass(event.type === "tool_finished" ? 1 : 0);
    there.watch([event]);
  }
  there.pass(1);
  there.end();
  assertEquals(there.notes, [
    "step 1: the model took 2.0 s; echo done in 1.0 s",
    "step 2: answered in 2.0 s",
    "took 6.0 s: the model 4.0 s, tools 1.0 s; 23 tokens",
  ]);
});

Deno.test("progress() tells nothing that an earlier process recorded, but a wait that is not over", async () => {
  const events = await rehearse(REHEARSALS.busy_model());
  const recorded = until(events, "attempt_finished").length;
  const there = watched({ isTerminal: false, recorded });
  there.watch(events.slice(0, recorded));
  assertEquals(there.notes, []);
  there.watch(events.slice(recorded));
  there.end();
  assertEquals(
    there.notes[0],
    "the model answered HTTP 429; to be asked again in 2 s",
  );
  assertEquals(there.notes.some((line) => line === "step 1: answered"), true);
});

Deno.test("progress() tells every event on a line or as an object, once it is new", async () => {
  const events = await rehearse(REHEARSALS.denied_call());
  const entries = timeline(events);
  for (const form of ["json", "events"] as const) {
    const there = watched({ isTerminal: false, form, recorded: 2 });
    there.watch(events);
    there.end();
    assertEquals(there.notes.length, entries.length - 1);
    if (form === "json") {
      assertEquals(
        there.notes.map((line) => JSON.parse(line)),
        entries.slice(1),
      );
    } else assertEquals(there.notes.at(-1)?.includes("  end  "), true);
  }
});

Deno.test("progress() leaves out what the policy redacts", async () => {
  const secret: Rehearsal = {
    policy: { redact: { patterns: ["token=\\w+"] } },
    script: [{
      calls: [{ tool: "echo", args: { text: "token=abc123" } }],
    }, { answer: "It is token=abc123." }],
  };
  const events = await rehearse(secret);
  for (const form of ["steps", "json", "events"] as const) {
    const there = watched({ isTerminal: false, form });
    there.watch(events);
    there.end();
    assertEquals(there.notes.join("\n").includes("abc123"), false, form);
  }
});
