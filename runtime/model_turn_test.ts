import { assertEquals, assertThrows } from "@std/assert";
import type { LlmOutput } from "./llm/llm.ts";
import {
  eventsOf,
  inTurn,
  listener,
  type Rehearsal,
  rehearsal,
  rehearse,
} from "../tests/rehearsal.ts";
import { REHEARSALS } from "../tests/rehearsals.ts";

Deno.test("modelTurn() tells the model the question, its own calls and their results", async () => {
  const { llm, heard } = listener(
    REHEARSALS.two_calls_in_one_answer().script ?? [],
  );
  await rehearse({ llm, work: inTurn({ made: true }) });
  const question = { role: "user", content: "What now?" };
  assertEquals(heard, [
    [question],
    [
      question,
      {
        role: "assistant",
        calls: [
          { id: "call_1_1", tool: "echo", args_json: '{"text":"hi"}' },
          { id: "call_1_2", tool: "work", args_json: '{"text":"go"}' },
        ],
      },
      {
        role: "tool",
        call_id: "call_1_1",
        tool: "echo",
        content: '{"text":"hi"}',
      },
      {
        role: "tool",
        call_id: "call_1_2",
        tool: "work",
        content: '{"made":true}',
      },
    ],
  ]);
});

Deno.test("modelTurn() gives the model its step, the tools and the signal of the run", async () => {
  const { signal } = new AbortController();
  const asked: unknown[] = [];
  const { llm } = listener([{ calls: [{ tool: "echo" }] }, { answer: "done" }]);
  await rehearse({
    signal,
    llm(input, given) {
      const names = input.tools.map(({ name }) => name);
      asked.push([input.step, names, given === signal]);
      return llm(input, given);
    },
  });
  assertEquals(asked, [
    [1, ["echo", "work"], true],
    [2, ["echo", "work"], true],
  ]);
});

Deno.test("modelTurn() takes a final answer even when its tokens pass the limit", async () => {
  const events = await rehearse({
    policy: { loop_budget: { max_iterations: 1, max_tokens: 1 } },
    script: [{
      answer: "done",
      usage: { input_tokens: 50, output_tokens: 50 },
    }],
  });
  assertEquals(
    eventsOf("run_finished", events)[0]?.terminal_reason,
    "final_answer",
  );
  assertEquals(eventsOf("run_finished", events)[0]?.totals.tokens, 100);
});

/** What rehearsals cost, and the metadata of the denial, if there is one. */
const COSTS = [
  {
    name: "cost_budget",
    cost: "0.0000461 EUR",
    metadata: {
      limit_kind: "cost",
      cost: "0.0000461 EUR",
      max_cost: "0.000046 EUR",
    },
  },
  {
    name: "cost_within_its_budget",
    cost: "0.0000875 EUR",
    metadata: undefined,
  },
  // (9-3-4)·100 + 3·10 + 4·200 + 2·1000 + 1·2000 + (13-12)·2000, and 9·100 + 1000
  {
    name: "cost_of_another_model",
    cost: "0.00000893 EUR",
    metadata: undefined,
  },
  {
    name: "model_without_a_price",
    cost: null,
    metadata: {
      limit_kind: "cost",
      model: "nearby/small-3",
      unpriced: "all",
      max_cost: "1.00 EUR",
    },
  },
  { name: "answer_without_a_price", cost: null, metadata: undefined },
  {
    name: "cache_write_without_a_price",
    cost: null,
    metadata: {
      limit_kind: "cost",
      model: "scripted/rehearsal",
      unpriced: "cache_write",
      max_cost: "1.00 EUR",
    },
  },
  { name: "cost_without_usage", cost: "0.00 EUR", metadata: undefined },
  { name: "more_cached_than_given", cost: "0.00 EUR", metadata: undefined },
  { name: "another_model_refuses", cost: "0.000006 EUR", metadata: undefined },
  {
    name: "token_budget",
    cost: undefined,
    metadata: { limit_kind: "tokens", tokens: 101, max_tokens: 100 },
  },
] as const;

for (const { name, cost, metadata } of COSTS) {
  Deno.test(`modelTurn() counts what ${name} costs`, async () => {
    const events = await rehearse(REHEARSALS[name]());
    const [finished] = eventsOf("run_finished", events);
    assertEquals(finished?.totals.cost, cost);
    const denials = eventsOf("policy_checked", events)
      .filter(({ tool }) => tool === null);
    assertEquals(
      denials.map((each) => each.metadata),
      [metadata].filter(Boolean),
    );
  });
}

Deno.test("modelTurn() records which model answered, where it was another one", async () => {
  const events = await rehearse(REHEARSALS.cost_of_another_model());
  assertEquals(
    eventsOf("llm_completed", events).map(({ answered_by }) => answered_by),
    ["small-2", undefined],
  );
  const refused = await rehearse(REHEARSALS.another_model_refuses());
  assertEquals(eventsOf("llm_completed", refused)[0]?.answered_by, "small-2");
  const malformed = await rehearse(REHEARSALS.more_cached_than_given());
  const [completed] = eventsOf("llm_completed", malformed);
  assertEquals(completed?.answered_by, "small-2");
  assertEquals(completed?.error?.type, "malformed_output");
});

Deno.test("modelTurn() does not record a model that is the one which was asked", async () => {
  const events = await rehearse({
    llm: () => Promise.resolve({ answer: "done", model: "rehearsal" }),
  });
  const [completed] = eventsOf("llm_completed", events);
  assertEquals([completed?.v, completed?.answered_by], [1, undefined]);
});

Deno.test("agentLoop() does not begin when the model that is asked has no price", () => {
  const model = {
    execution_path: "hosted",
    provider: "nearby",
    model: "large",
    script_sha256: null,
  } as const;
  assertThrows(
    () => rehearsal({ ...REHEARSALS.cost_of_another_model(), model }),
    RangeError,
    'Cannot run: the policy limits the cost and has no price for the model that is asked; add "nearby/large" to loop_budget.max_cost.prices',
  );
});

const BUDGETS: readonly {
  readonly name: "token_budget" | "tool_call_budget";
  readonly reason: string;
  readonly metadata: object;
  readonly tokens: number;
}[] = [
  {
    name: "token_budget",
    reason: "the run has used 101 tokens; 100 are allowed",
    metadata: { limit_kind: "tokens", tokens: 101, max_tokens: 100 },
    tokens: 101,
  },
  {
    name: "tool_call_budget",
    reason:
      "the answer would bring the run to 3 proposed tool calls; 2 are allowed",
    metadata: { limit_kind: "tool_calls", tool_calls: 3, max_tool_calls: 2 },
    tokens: 0,
  },
];

for (const { name, reason, metadata, tokens } of BUDGETS) {
  Deno.test(`modelTurn() runs no call of an answer that passes the ${name}`, async () => {
    const events = await rehearse(REHEARSALS[name]());
    assertEquals(
      events.filter(({ step }) => step === 2).map(({ type }) => type),
      [
        "step_started",
        "llm_completed",
        "policy_checked",
        "step_finished",
        "run_finished",
      ],
    );
    const [first, denial] = eventsOf("policy_checked", events);
    assertEquals(first?.decision, "allow");
    assertEquals(denial, {
      v: 1,
      seq: 10,
      ts: "16000000",
      step: 2,
      type: "policy_checked",
      started_at: "15000000",
      call_id: null,
      tool: null,
      decision: "deny",
      rule_id: "loop_budget",
      reason,
      metadata,
      call_sha256: null,
      facts: null,
    });
    assertEquals(eventsOf("run_finished", events)[0]?.totals, {
      steps: 2,
      llm_calls: 2,
      tool_calls: 1,
      policy_checks: 2,
      denials: 1,
      attempts: 1,
      tokens,
    });
  });
}

Deno.test("modelTurn() counts calls that were denied against the budget", async () => {
  const events = await rehearse({
    policy: {
      on_deny: "continue",
      loop_budget: { max_iterations: 10, max_tool_calls: 1 },
    },
    script: [{ calls: [{ tool: "rm" }] }, { calls: [{ tool: "echo" }] }],
  });
  assertEquals(
    eventsOf("policy_checked", events).map((event) => event.rule_id),
    ["tool_registry", "loop_budget"],
  );
});

Deno.test("modelTurn() puts a refusal on record under its name, and counts its tokens", async () => {
  const events = await rehearse(REHEARSALS.model_refuses());
  const [completed] = eventsOf("llm_completed", events);
  assertEquals([completed?.usage, completed?.finish_reason, completed?.raw], [
    { input_tokens: 30, output_tokens: 3 },
    "refusal",
    "I will not.",
  ]);
  assertEquals(completed?.error, {
    kind: "unhandled",
    type: "refusal",
    exception_class: "NoAnswer",
    message: "the model refused to answer (finish_reason: refusal)",
  });
  const [finished] = eventsOf("run_finished", events);
  assertEquals(finished?.totals.tokens, 33);
});

Deno.test("modelTurn() counts the tokens of a malformed output", async () => {
  const events = await rehearse(
    REHEARSALS.malformed_output_that_was_counted(),
  );
  const [completed] = eventsOf("llm_completed", events);
  assertEquals(completed?.finish_reason, "pause_turn");
  const [finished] = eventsOf("run_finished", events);
  assertEquals(finished?.totals.tokens, 33);
});

/** Unusable outputs, and their recorded form. */
const MALFORMED: readonly {
  readonly name: string;
  readonly output: unknown;
  readonly message: string;
  readonly raw: string;
  readonly policy?: Rehearsal["policy"];
}[] = [
  {
    name: "neither an answer nor calls",
    output: { raw: "I would rather not" },
    message: "expected an answer or calls, found neither",
    raw: '{"raw":"I would rather not"}',
  },
  {
    name: "both an answer and calls",
    output: {
      answer: "done",
      calls: [{ id: "1", tool: "echo", args_json: "{}" }],
    },
    message: "expected an answer or calls, found answer and calls",
    raw:
      '{"answer":"done","calls":[{"id":"1","tool":"echo","args_json":"{}"}]}',
  },
  {
    name: "an empty answer",
    output: { answer: "" },
    message: "answer: Too small: expected string to have >=1 characters",
    raw: '{"answer":""}',
  },
  {
    name: "an answer that is not a text",
    output: { answer: 42 },
    message: "answer: Invalid input: expected string, received number",
    raw: '{"answer":42}',
  },
  {
    name: "negative usage",
    output: {
      answer: "done",
      usage: { input_tokens: -5, output_tokens: 1 },
    },
    message: "usage.input_tokens: Too small: expected number to be >=0",
    raw: '{"answer":"done","usage":{"input_tokens":-5,"output_tokens":1}}',
  },
  {
    name: "no usage while tokens are limited",
    output: { answer: "done" },
    message: "usage: missing, while the policy limits tokens",
    raw: '{"answer":"done"}',
    policy: { loop_budget: { max_iterations: 10, max_tokens: 100 } },
  },
  {
    name: "nothing",
    output: undefined,
    message: "the output: Invalid input: expected object, received undefined",
    raw: "undefined",
  },
  {
    name: "half an emoji in place of an output",
    output: "\ud83d",
    message: "the output: Invalid input: expected object, received string",
    raw: '"\\ud83d"',
  },
];

for (const { name, output, message, raw, policy = {} } of MALFORMED) {
  Deno.test(`modelTurn() puts ${name} on record and fails as catalogued_unhandled`, async () => {
    const events = await rehearse({ policy, llm: inTurn<LlmOutput>(output) });
    assertEquals(events.slice(1), [
      { v: 1, seq: 1, ts: "2000000", step: 1, type: "step_started" },
      {
        v: 1,
        seq: 2,
        ts: "4000000",
        step: 1,
        type: "llm_completed",
        started_at: "3000000",
        answer: null,
        calls: [],
        usage: null,
        finish_reason: null,
        raw,
        error: {
          kind: "unhandled",
          type: "malformed_output",
          exception_class: "MalformedOutput",
          message,
        },
      },
      {
        v: 1,
        seq: 3,
        ts: "5000000",
        step: 1,
        type: "step_finished",
        failure_mode: "catalogued_unhandled",
      },
      {
        v: 1,
        seq: 4,
        ts: "6000000",
        step: 1,
        type: "run_finished",
        terminal_reason: "failure_mode_terminal",
        answer: null,
        totals: {
          steps: 1,
          llm_calls: 1,
          tool_calls: 0,
          policy_checks: 0,
          denials: 0,
          attempts: 0,
          tokens: 0,
        },
      },
    ]);
  });
}

const FAILING: readonly {
  readonly name: string;
  readonly llm: () => Promise<LlmOutput>;
  readonly error: object;
}[] = [
  {
    name: "rejects",
    llm: inTurn(new TypeError("The socket is closed")),
    error: {
      kind: "unhandled",
      type: "TypeError",
      exception_class: "TypeError",
      message: "The socket is closed",
    },
  },
  {
    name: "throws before there is a promise",
    llm() {
      throw new RangeError("No such model");
    },
    error: {
      kind: "unhandled",
      type: "RangeError",
      exception_class: "RangeError",
      message: "No such model",
    },
  },
];

for (const { name, llm, error } of FAILING) {
  Deno.test(`modelTurn() fails as catalogued_unhandled when the model ${name}`, async () => {
    const events = await rehearse({ llm });
    assertEquals(eventsOf("llm_completed", events)[0]?.error, error);
    assertEquals(
      eventsOf("step_finished", events)[0]?.failure_mode,
      "catalogued_unhandled",
    );
    assertEquals(
      eventsOf("run_finished", events)[0]?.terminal_reason,
      "failure_mode_terminal",
    );
  });
}

Deno.test("modelTurn() says why a cancelled call has no answer", async () => {
  const events = await rehearse(REHEARSALS.cancelled_during_the_model());
  assertEquals(eventsOf("llm_completed", events)[0]?.error, {
    kind: "cancelled",
    type: "cancelled",
    exception_class: "AbortError",
    message: "The signal has been aborted",
  });
});

Deno.test("modelTurn() asks a busy model again, no sooner than its server says", async () => {
  const events = await rehearse(REHEARSALS.busy_model());
  const attempts = eventsOf("attempt_finished", events);
  assertEquals(
    attempts.map(({ call_id, attempt, outcome }) => [
      call_id,
      attempt,
      outcome,
    ]),
    [
      [null, 1, "transient_failure"],
      [null, 2, "transient_failure"],
      [null, 3, "success"],
    ],
  );
  const [first, second, third] = attempts.map(({ backoff_ms }) => backoff_ms);
  assertEquals([first === 0, second, third], [false, 1500, 0]);
  const [answered] = eventsOf("llm_completed", events);
  assertEquals(answered?.started_at, attempts[0]?.started_at);
  assertEquals(answered?.answer, "done");
  assertEquals(eventsOf("run_finished", events)[0]?.totals.llm_calls, 1);
});

Deno.test("modelTurn() gives up a model that stays busy", async () => {
  const events = await rehearse(REHEARSALS.exhausted_model());
  assertEquals(
    eventsOf("attempt_finished", events).map(({ outcome }) => outcome),
    ["transient_failure", "exhausted"],
  );
  const [answered] = eventsOf("llm_completed", events);
  assertEquals(answered?.error, {
    kind: "transient",
    type: "429",
    exception_class: "ModelError",
    message: "The server answered 429",
  });
});

Deno.test("modelTurn() asks a scripted model once, without an event", async () => {
  const events = await rehearse(REHEARSALS.one_call());
  assertEquals(
    eventsOf("attempt_finished", events).map(({ call_id }) => call_id),
    ["call_1_1"],
  );
});

Deno.test("modelTurn() stops waiting for a model when the time of the run is up", async () => {
  const events = await rehearse(REHEARSALS.model_that_takes_too_long());
  assertEquals(events.slice(2).map(({ type }) => type), [
    "attempt_finished",
    "llm_completed",
    "policy_checked",
    "step_finished",
    "run_finished",
  ]);
  assertEquals(eventsOf("llm_completed", events)[0]?.error, {
    kind: "transient",
    type: "timeout",
    exception_class: "TimeoutError",
    message: "there was no result within 999 ms",
  });
  const [denial] = eventsOf("policy_checked", events);
  assertEquals(denial?.rule_id, "loop_budget");
  assertEquals(denial?.metadata, {
    limit_kind: "seconds",
    seconds: 1,
    max_seconds: 1,
  });
});

Deno.test("modelTurn() does not ask again when the time would be up by then", async () => {
  const events = await rehearse(REHEARSALS.model_that_is_busy_too_long());
  assertEquals(
    eventsOf("attempt_finished", events).map(({ outcome, backoff_ms }) => [
      outcome,
      backoff_ms > 1000,
    ]),
    [["transient_failure", false], ["transient_failure", true]],
  );
  const [finished] = eventsOf("run_finished", events);
  assertEquals(finished?.terminal_reason, "loop_budget");
  // It waited for no more than the run's own time.
  assertEquals(BigInt(finished?.ts ?? 0) < 2_100_000_000n, true);
});
