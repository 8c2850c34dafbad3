import { assertEquals, assertRejects } from "@std/assert";
import { InputError } from "../../tools/data/input_error.ts";
import type { RunEvent } from "../../runtime/record/event.ts";
import { rehearse } from "../../tests/rehearsal.ts";
import { REHEARSALS } from "../../tests/rehearsals.ts";
import { eventDifference } from "./event_difference.ts";
import { replay } from "./replay.ts";

/** Where the loop does something else, and what. */
async function parting(recorded: readonly RunEvent[]) {
  const divergence = await replay(recorded);
  if (divergence === undefined) return undefined;
  const { seq, expected, found } = divergence;
  return {
    seq,
    types: [expected?.type, found?.type],
    path: eventDifference(expected, found)?.path,
  };
}

/** The record with one event changed, which `change` may do to any. */
function changed(
  recorded: readonly RunEvent[],
  change: (event: RunEvent) => RunEvent | undefined,
): readonly RunEvent[] {
  for (const [index, event] of recorded.entries()) {
    const other = change(event);
    if (other !== undefined) return recorded.with(index, other);
  }
  throw new Error("Cannot change the record: nothing in it fits");
}

/** What no policy says: these rehearsals have rules of their own. */
const OTHER_RULES = new Set([
  "denied_without_words",
  "denied_after_approval",
]);

for (const [name, make] of Object.entries(REHEARSALS)) {
  if (OTHER_RULES.has(name)) {
    Deno.test(`replay() of ${name} parts where a rule objected that is not the policy's`, async () => {
      const recorded = await rehearse(make());
      const objection = recorded.findLastIndex((event) =>
        event.type === "policy_checked" && event.decision !== "allow"
      );
      assertEquals(await parting(recorded), {
        seq: objection,
        types: ["policy_checked", "policy_checked"],
        path: "decision",
      });
    });
    continue;
  }

  Deno.test(`replay() of ${name} gives the same events`, async () => {
    assertEquals(await replay(await rehearse(make())), undefined);
  });

  if (name === "many_steps") continue;
  Deno.test(`replay() of ${name} compares a record that broke off as far as it goes`, async () => {
    const recorded = await rehearse(make());
    for (let length = 1; length < recorded.length; length++) {
      const part = recorded.slice(0, length);
      assertEquals(await parting(part), undefined, `after ${length} events`);
    }
  });
}

const CHANGES: readonly {
  readonly name: string;
  readonly change: (event: RunEvent) => RunEvent | undefined;
  readonly seq: number;
  readonly path: string;
}[] = [
  {
    name: "another call of the model",
    change: (event) =>
      event.type !== "llm_completed" ? undefined : {
        ...event,
        calls: [{ id: "call_1_1", tool: "rm", args_json: "{}" }],
      },
    seq: 3,
    path: "tool",
  },
  {
    name: "another answer of the model",
    change: (event) =>
      event.type === "llm_completed" && event.answer !== null
        ? { ...event, answer: "no" }
        : undefined,
    seq: 12,
    path: "answer",
  },
  {
    name: "more tokens",
    change: (event) =>
      event.type !== "llm_completed" ? undefined : {
        ...event,
        usage: { input_tokens: 11, output_tokens: 2 },
      },
    seq: 12,
    path: "totals.tokens",
  },
  {
    name: "another decision",
    change: (event) =>
      event.type === "policy_checked"
        ? { ...event, decision: "deny", rule_id: "tool_registry", reason: "" }
        : undefined,
    seq: 4,
    path: "decision",
  },
  {
    name: "other arguments of the intent",
    change: (event) =>
      event.type === "tool_started"
        ? { ...event, args: { text: "ho" } }
        : undefined,
    seq: 5,
    path: "args.text",
  },
  {
    name: "another idempotency key",
    change: (event) =>
      event.type === "tool_started"
        ? { ...event, idempotency_key: "0".repeat(64) }
        : undefined,
    seq: 5,
    path: "idempotency_key",
  },
  {
    name: "an attempt that failed",
    change: (event) =>
      event.type === "attempt_finished"
        ? { ...event, outcome: "exhausted" }
        : undefined,
    seq: 6,
    path: "outcome",
  },
  {
    name: "another end",
    change: (event) =>
      event.type === "run_finished"
        ? { ...event, terminal_reason: "loop_budget" }
        : undefined,
    seq: 12,
    path: "terminal_reason",
  },
  {
    name: "another policy hash",
    change: (event) =>
      event.type === "run_started"
        ? { ...event, policy: { ...event.policy, sha256: "0".repeat(64) } }
        : undefined,
    seq: 0,
    path: "policy.sha256",
  },
  {
    name: "an event of another type",
    change: (event) =>
      event.type === "tool_started"
        ? {
          v: 2,
          seq: event.seq,
          ts: event.ts,
          step: event.step,
          type: "step_finished",
          failure_mode: null,
        }
        : undefined,
    seq: 5,
    path: "type",
  },
];

for (const { name, change, seq, path } of CHANGES) {
  Deno.test(`replay() finds ${name} at event ${seq}`, async () => {
    const recorded = await rehearse(REHEARSALS.one_call());
    const found = await parting(changed(recorded, change));
    assertEquals([found?.seq, found?.path], [seq, path]);
  });
}

Deno.test("replay() takes a result from the record, so another one of a scripted model makes no difference", async () => {
  const recorded = changed(
    await rehearse(REHEARSALS.one_call()),
    (event) =>
      event.type === "tool_finished"
        ? { ...event, result: "other" }
        : undefined,
  );
  assertEquals(await replay(recorded), undefined);
});

Deno.test("replay() finds what a changed result would have led to", async () => {
  const recorded = changed(
    await rehearse(REHEARSALS.redirected_elsewhere_and_told()),
    (event) =>
      event.type === "tool_finished"
        ? { ...event, redirect: { url: "https://fixtures.local/b" } }
        : undefined,
  );
  const found = await parting(recorded);
  assertEquals([found?.seq, found?.path], [8, "decision"]);
});

Deno.test("replay() finds any event that was dropped", async () => {
  const recorded = await rehearse(REHEARSALS.one_call());
  for (let index = 1; index < recorded.length; index++) {
    const dropped = recorded.toSpliced(index, 1);
    const found = await parting(dropped);
    // Without its last event a record broke off.
    const last = index === recorded.length - 1;
    assertEquals(found?.seq, last ? undefined : index, `without ${index}`);
  }
});

Deno.test("replay() finds any event that was put in", async () => {
  const recorded = await rehearse(REHEARSALS.one_call());
  for (const [index, event] of recorded.entries()) {
    const found = await parting(recorded.toSpliced(index, 0, event));
    assertEquals(found?.seq, index + 1, `${index} twice`);
  }
});

Deno.test("replay() of a record that ends too early says that the end does not come", async () => {
  const recorded = await rehearse(REHEARSALS.one_call());
  const [end] = recorded.slice(-1);
  if (end === undefined) throw new Error("There is no end");
  assertEquals(await parting([...recorded.slice(0, 6), { ...end, seq: 6 }]), {
    seq: 6,
    types: ["run_finished", undefined],
    path: "",
  });
});

Deno.test("replay() takes no other call's arguments for those of a denied one", async () => {
  const recorded = await rehearse({
    policy: { on_deny: "continue" },
    script: [
      {
        calls: [
          { tool: "work", args: { url: "https://x.test/1" } },
          { tool: "work", args: { url: "https://x.test/2" } },
          { tool: "echo", args: { text: "hi" } },
        ],
      },
      { answer: "done" },
    ],
  });
  assertEquals(
    recorded.slice(3, 9).map(({ type }) => type),
    [1, 2, 3].flatMap(() => ["call_proposed", "policy_checked"]),
  );
  assertEquals(recorded[9]?.type, "tool_started");
  assertEquals(await parting(recorded), undefined);
});

Deno.test("replay() judges under the policy on record", async () => {
  const recorded = await rehearse(REHEARSALS.one_call());
  const { policy } = await startOf({
    policy: { tool_registry: { allowed: ["work"], denied: ["echo"] } },
  });
  const other = changed(
    recorded,
    (event) => event.type === "run_started" ? { ...event, policy } : undefined,
  );
  const found = await parting(other);
  assertEquals([found?.seq, found?.path], [4, "decision"]);
});

/** The first event of a rehearsal. */
async function startOf(given: Parameters<typeof rehearse>[0]) {
  const [started] = await rehearse(given);
  if (started?.type !== "run_started") throw new Error("There is no start");
  return started;
}

Deno.test("replay() refuses an invalid policy on record", async () => {
  const started = await startOf({});
  const policy = { ...started.policy, text: "version: 2" };
  await assertRejects(
    () => replay([{ ...started, policy }]),
    InputError,
    "the policy on record:1: version",
  );
});

Deno.test("replay() refuses what no run begins with", async () => {
  const [, second] = await rehearse({});
  await assertRejects(() => replay([]), RangeError, "Cannot replay a record");
  await assertRejects(
    () => replay(second === undefined ? [] : [second]),
    RangeError,
    "Cannot replay a record",
  );
});

Deno.test("replay() refuses two tools of one name", async () => {
  const started = await startOf({});
  const [tool] = started.tools;
  const tools = tool === undefined ? [] : [tool, tool];
  await assertRejects(
    () => replay([{ ...started, tools }]),
    RangeError,
    "the name is taken",
  );
});

Deno.test("replay() finds its own error on record, and nothing is run", async () => {
  const recorded = await rehearse(REHEARSALS.one_call());
  // Somebody who knows the code writes what a replay itself would throw.
  const forged = recorded.slice(0, 5);
  const found = await replay([...forged, ...recorded.slice(9)]);
  assertEquals(found?.seq, 5);
});

Deno.test("replay() of a run in a Worker starts none", async () => {
  const started = await startOf({});
  const text = started.policy.text.replace(
    '"isolation":"process"',
    '"isolation":"worker"',
  );
  const found = await parting([{
    ...started,
    policy: { ...started.policy, text },
  }]);
  assertEquals([found?.seq, found?.path], [0, "policy.version"]);
});
