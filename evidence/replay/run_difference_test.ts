import { assertEquals } from "@std/assert";
import type { RunEvent } from "../../runtime/record/event.ts";
import { type Rehearsal, rehearse } from "../../tests/rehearsal.ts";
import { REHEARSALS } from "../../tests/rehearsals.ts";
import { runDifference } from "./run_difference.ts";

const ONE_CALL: Rehearsal = REHEARSALS.one_call();

for (const [name, make] of Object.entries(REHEARSALS)) {
  Deno.test(`runDifference() of ${name} and itself is none`, async () => {
    const events = await rehearse(make());
    const { inputs, first, numbers } = runDifference(events, events);
    assertEquals([inputs, first], [[], undefined]);
    assertEquals(numbers[0], numbers[1]);
  });
}

Deno.test("runDifference() has the cost of each run, where one is limited", async () => {
  const [dear, unknown, unlimited] = await Promise.all(
    (["cost_budget", "answer_without_a_price", "one_call"] as const)
      .map((name) => rehearse(REHEARSALS[name]())),
  );
  const costs = (
    one: readonly RunEvent[] = [],
    other: readonly RunEvent[] = [],
  ) => runDifference(one, other).numbers.map(({ cost }) => cost);
  assertEquals(costs(dear, unknown), ["0.0000461 EUR", "unknown"]);
  assertEquals(costs(unlimited, dear), [undefined, "0.0000461 EUR"]);
});

Deno.test("runDifference() names the inputs that differ", async () => {
  const one = await rehearse(ONE_CALL);
  const other = one.map((event): RunEvent =>
    event.type !== "run_started" ? event : {
      ...event,
      ts: "2",
      run_id: "other",
      seed: 8,
      corpus: { ...event.corpus, documents: 1 },
    }
  );
  const { inputs, first } = runDifference(one, other);
  assertEquals(inputs, ["run_id", "seed", "corpus"]);
  assertEquals(first, undefined);
});

Deno.test("runDifference() leaves out what follows from clock and run id", async () => {
  const one = await rehearse({
    ...REHEARSALS.approved(),
  });
  const other = one.map((event): RunEvent => {
    const ts = String(BigInt(event.ts) + 5n);
    if (event.type === "tool_started") {
      return { ...event, ts, idempotency_key: "1".repeat(64) };
    }
    if (event.type === "approval_resolved") {
      return { ...event, ts, bound_to: "1".repeat(64) };
    }
    return "started_at" in event
      ? { ...event, ts, started_at: ts }
      : { ...event, ts };
  });
  assertEquals(runDifference(one, other).first, undefined);
});

Deno.test("runDifference() finds the first event that differs, and where", async () => {
  const one = await rehearse(ONE_CALL);
  const other = await rehearse({
    script: [
      {
        calls: [{ tool: "echo", args: { text: "ho" } }],
        usage: { input_tokens: 10, output_tokens: 2 },
      },
      { answer: "done" },
    ],
  });
  assertEquals(runDifference(one, other).first, {
    seq: 2,
    types: ["llm_completed", "llm_completed"],
    path: "calls[0].args_json",
    expected: '{"text":"hi"}',
    found: '{"text":"ho"}',
  });
});

Deno.test("runDifference() finds another kind of event", async () => {
  const call = { tool: "echo", args: { text: "hi" } };
  const one = await rehearse({ script: [{ calls: [call] }, { answer: "a" }] });
  const other = await rehearse({
    script: [{ calls: [call, call] }, { answer: "a" }],
  });
  // Both are made to propose the same.
  const same = [...one.slice(0, 3), ...other.slice(3)];
  const { first } = runDifference(one, same);
  assertEquals([first?.seq, first?.types, first?.path], [
    7,
    ["step_finished", "policy_checked"],
    "type",
  ]);
});

Deno.test("runDifference() finds where one run has ended", async () => {
  const whole = await rehearse(ONE_CALL);
  const part = whole.slice(0, -1);
  const end = whole.at(-1);
  for (
    const [one, other, types] of [
      [whole, part, ["run_finished", undefined]],
      [part, whole, [undefined, "run_finished"]],
    ] as const
  ) {
    const { first } = runDifference(one, other);
    assertEquals([first?.seq, first?.types, first?.path], [
      whole.length - 1,
      types,
      "",
    ]);
    assertEquals(
      first?.expected ?? first?.found,
      end && {
        v: end.v,
        seq: end.seq,
        step: end.step,
        type: end.type,
        ...end.type === "run_finished" && {
          terminal_reason: end.terminal_reason,
          answer: end.answer,
          totals: end.totals,
        },
      },
    );
  }
});

Deno.test("runDifference() has what each run came to", async () => {
  const one = await rehearse(ONE_CALL);
  const other = await rehearse(REHEARSALS.transient_twice());
  assertEquals(runDifference(one, other).numbers, [
    {
      "steps": 2,
      "model calls": 2,
      "tokens": 36,
      "decisions: allow": 1,
      "decisions: deny": 0,
      "decisions: escalate": 0,
      "tool calls": 1,
      "attempts: success": 1,
      "attempts: transient_failure": 0,
      "attempts: exhausted": 0,
      "attempts: non_retryable": 0,
      "attempts: permission_denied": 0,
    },
    {
      "steps": 2,
      "model calls": 2,
      "tokens": 0,
      "decisions: allow": 1,
      "decisions: deny": 0,
      "decisions: escalate": 0,
      "tool calls": 1,
      "attempts: success": 1,
      "attempts: transient_failure": 2,
      "attempts: exhausted": 0,
      "attempts: non_retryable": 0,
      "attempts: permission_denied": 0,
    },
  ]);
});
