import { assertEquals } from "@std/assert";
import type { RunEvent } from "../../runtime/record/event.ts";
import { rehearse } from "../../tests/rehearsal.ts";
import { REHEARSALS } from "../../tests/rehearsals.ts";
import { timeline } from "./timeline.ts";

const HEAD = { v: 1, seq: 5, ts: "9000000", step: 1 } as const;

/** What an event is told as. */
function told(event: RunEvent): string | undefined {
  return timeline([event])[0]?.text;
}

Deno.test("timeline() tells a run in order", async () => {
  const entries = timeline(await rehearse(REHEARSALS.one_call()));
  assertEquals(
    entries.map(({ seq, at_ms, step, what, text }) =>
      [seq, at_ms, step, what, text].join(" ")
    ),
    [
      "0 0 0 run rehearsal: What now? [policy 55ca10961ce5, scripted/rehearsal]",
      "2 3 1 model proposes echo, 10 + 2 tokens (1 ms)",
      "3 5 1 allow echo (1 ms)",
      '4 6 1 call echo {"text":"hi"}',
      "5 8 1 attempt 1 success (1 ms)",
      '6 9 1 result {"text":"hi"} (3 ms)',
      "7 10 1 step done (9 ms)",
      "9 13 2 model answers: done, 20 + 4 tokens (1 ms)",
      "10 14 2 step done (3 ms)",
      "11 15 2 end final_answer after 2 steps, 36 tokens",
    ],
  );
  assertEquals(entries.map(({ took_ms }) => took_ms), [
    null,
    1,
    1,
    null,
    1,
    3,
    9,
    1,
    3,
    null,
  ]);
});

for (const [name, make] of Object.entries(REHEARSALS)) {
  Deno.test(`timeline() of ${name} has a line for each event but the beginning of a step`, async () => {
    const events = await rehearse(make());
    const entries = timeline(events);
    assertEquals(
      entries.map(({ seq }) => seq),
      events.flatMap(({ seq, type }) => type === "step_started" ? [] : [seq]),
    );
    for (const { text } of entries) {
      assertEquals(/[\p{C}\n]/u.test(text), false, text);
      assertEquals(text.length < 600, true, text);
    }
  });
}

/** What each entry of some runs says, without its times. */
for (
  const { name, run, what, text } of [
    {
      name: "a denial",
      run: REHEARSALS.denied_call(),
      what: "deny",
      text: 'rm by tool_registry: the policy does not allow this tool: "rm"',
    },
    {
      name: "a used-up budget",
      run: REHEARSALS.iteration_budget(),
      what: "deny",
      text: "the run by loop_budget: the run has used its 2 iterations",
    },
    {
      name: "a used-up budget of cost",
      run: REHEARSALS.cost_budget(),
      what: "deny",
      text:
        "the run by loop_budget: the run has cost 0.0000461 EUR; 0.000046 EUR are allowed",
    },
    {
      name: "what a run cost",
      run: REHEARSALS.cost_within_its_budget(),
      what: "end",
      text: "final_answer after 2 steps, 200 tokens, 0.0000875 EUR",
    },
    {
      name: "a cost that is unknown",
      run: REHEARSALS.answer_without_a_price(),
      what: "end",
      text: "final_answer after 1 step, 11 tokens, cost unknown",
    },
    {
      name: "another model that answers",
      run: REHEARSALS.answer_without_a_price(),
      what: "model",
      text: "answers: done, 9 + 2 tokens, by small-3",
    },
    {
      name: "an escalation",
      run: REHEARSALS.approved(),
      what: "escalate",
      text: "work by approval: work needs a person",
    },
    {
      name: "a person",
      run: REHEARSALS.approved(),
      what: "person",
      text: "ada: approved",
    },
    {
      name: "a rejection",
      run: REHEARSALS.rejected(),
      what: "deny",
      text: "work by approval: rejected by ada: work needs a person",
    },
    {
      name: "a model that fails",
      run: REHEARSALS.model_throws(),
      what: "model",
      text: "TypeError: The socket is closed",
    },
    {
      name: "a failure mode",
      run: REHEARSALS.fourth_identical_call(),
      what: "step",
      text: "cycle_detection",
    },
    {
      name: "a redirect",
      run: REHEARSALS.redirected_elsewhere(),
      what: "result",
      text: 'is redirected to {"url":"https://evil.test/x"}',
    },
    {
      name: "a failed attempt",
      run: REHEARSALS.foreseen_failure(),
      what: "attempt",
      text: "1 non_retryable: There is no such file",
    },
    {
      name: "a failed call",
      run: REHEARSALS.foreseen_failure(),
      what: "result",
      text: "not_found: There is no such file",
    },
  ]
) {
  Deno.test(`timeline() tells of ${name}`, async () => {
    const texts = timeline(await rehearse(run))
      .filter((entry) => entry.what === what)
      .map((entry) => entry.text.replace(/ \([\d.]+ ms\)$/, ""));
    assertEquals(texts.includes(text), true, texts.join("\n"));
  });
}

Deno.test("timeline() tells how long is waited before the next attempt", async () => {
  const [first] = timeline(await rehearse(REHEARSALS.transient_twice()))
    .filter(({ what }) => what === "attempt");
  assertEquals(
    first?.text,
    "1 transient_failure: The server answered 503, again in 96 ms (1 ms)",
  );
});

const HOSTILE = "a\u001b[2J\r\nb\u202ec\u2028d\u0000e\u009b1mf\ud800g";
const TAME = "a [2J b c d e 1mf g";

/** Everywhere that somebody else's text can stand. */
const QUOTED: readonly {
  readonly name: string;
  readonly make: (text: string) => Promise<RunEvent>;
  readonly told: (text: string) => string;
}[] = [
  {
    name: "a question",
    make: async (text) => {
      const [started] = await rehearse({});
      if (started?.type !== "run_started") throw new Error("No start");
      return {
        ...started,
        run_id: text,
        task: { ...started.task, question: text },
        llm: { ...started.llm, provider: text, model: "m" },
      };
    },
    told: (text) => `${text}: ${text} [policy 55ca10961ce5, ${text}/m]`,
  },
  {
    name: "an answer",
    make: (text) => Promise.resolve(completed({ answer: text })),
    told: (text) => `answers: ${text} (0 ms)`,
  },
  {
    name: "the name of a called tool",
    make: (text) =>
      Promise.resolve(
        completed({ calls: [{ id: "", tool: text, args_json: "" }] }),
      ),
    told: (text) => `proposes ${text} (0 ms)`,
  },
  {
    name: "a model's error",
    make: (text) => Promise.resolve(completed({ error: failure(text) })),
    told: (text) => `${text}: m (0 ms)`,
  },
  {
    name: "an approver",
    make: (text) =>
      Promise.resolve({
        ...HEAD,
        type: "approval_resolved",
        call_id: "",
        approver: text,
        verdict: "approved",
        bound_to: "",
      }),
    told: (text) => `${text}: approved`,
  },
  {
    name: "a judged tool, and why",
    make: (text) =>
      Promise.resolve({
        ...HEAD,
        type: "policy_checked",
        started_at: HEAD.ts,
        call_id: "",
        tool: text,
        decision: "deny",
        rule_id: "tool_registry",
        reason: text,
        metadata: {},
        call_sha256: null,
        facts: null,
      }),
    told: (text) => `${text} by tool_registry: ${text} (0 ms)`,
  },
  {
    name: "a started tool",
    make: (text) =>
      Promise.resolve({
        ...HEAD,
        type: "tool_started",
        call_id: "",
        tool: text,
        args: {},
        idempotency_key: "",
      }),
    told: (text) => `${text} {}`,
  },
  {
    name: "a failed attempt",
    make: (text) =>
      Promise.resolve({
        ...HEAD,
        type: "attempt_finished",
        started_at: HEAD.ts,
        call_id: "",
        attempt: 1,
        outcome: "exhausted",
        backoff_ms: 0,
        error: { ...failure("t"), message: text },
      }),
    told: (text) => `1 exhausted: ${text} (0 ms)`,
  },
  {
    name: "a failed call",
    make: (text) => Promise.resolve(result({ error: failure(text) })),
    told: (text) => `${text}: m`,
  },
];

function failure(type: string) {
  return {
    kind: "unhandled",
    type,
    exception_class: "Error",
    message: "m",
  } as const;
}

function completed(
  given: Partial<Extract<RunEvent, { readonly type: "llm_completed" }>>,
): RunEvent {
  return {
    ...HEAD,
    type: "llm_completed",
    started_at: HEAD.ts,
    answer: null,
    calls: [],
    usage: null,
    finish_reason: null,
    raw: null,
    error: null,
    ...given,
  };
}

function result(
  given: Partial<Extract<RunEvent, { readonly type: "tool_finished" }>>,
): RunEvent {
  return {
    ...HEAD,
    type: "tool_finished",
    call_id: "",
    tool: "",
    result: null,
    redirect: null,
    error: null,
    ...given,
  };
}

for (const { name, make, told: want } of QUOTED) {
  Deno.test(`timeline() keeps hostile text on one line: ${name}`, async () => {
    assertEquals(told(await make(HOSTILE)), want(TAME));
  });

  Deno.test(`timeline() cuts a megabyte: ${name}`, async () => {
    const text = told(await make("x".repeat(2 ** 20))) ?? "";
    assertEquals(text.length < 500, true);
    assertEquals(text.includes("…"), true);
  });
}

Deno.test("timeline() keeps what JSON does not escape on one line", () => {
  for (
    const event of [
      result({ result: { "k\u202e": "v\u2028\u009b" } }),
      result({ redirect: { url: "u\u202e\u2028\u009b" } }),
    ]
  ) {
    assertEquals(/[\p{C}\u2028]/u.test(told(event) ?? ""), false);
  }
});

Deno.test("timeline() of a hundred thousand calls in one answer is short", () => {
  const call = { id: "", tool: "echo", args_json: "{}" };
  const text = told(completed({ calls: new Array(100_000).fill(call) })) ?? "";
  assertEquals(text.length < 200, true);
});

Deno.test("timeline() of nothing is nothing", () => {
  assertEquals(timeline([]), []);
});

Deno.test("timeline() bears a clock that went back", async () => {
  const events = await rehearse({});
  const back = events.map((event, index) => ({
    ...event,
    ts: String(9 - index),
  }));
  assertEquals(timeline(back).at(-1)?.at_ms, -0.000004);
});
