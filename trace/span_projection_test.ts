import { assertEquals, assertThrows } from "@std/assert";
import type { RunEvent } from "../runtime/record/event.ts";
import { eventsOf, rehearse } from "../tests/rehearsal.ts";
import { REHEARSALS } from "../tests/rehearsals.ts";
import type { Span } from "./span.ts";
import { spanProjection } from "./span_projection.ts";

const TRACE_ID = "4f3879bf2d4bdff98cb61ba2f435385e";

function project(events: readonly RunEvent[]): readonly Span[] {
  const projection = spanProjection();
  return events.flatMap((event) => [...projection(event)]);
}

async function spansOf(
  name: keyof typeof REHEARSALS,
): Promise<readonly Span[]> {
  return project(await rehearse(REHEARSALS[name]()));
}

/** Without the attributes that are left out. */
function attributesOf(span: Span | undefined): object {
  return Object.fromEntries(
    Object.entries(span?.attributes ?? {}).filter(([, value]) =>
      value !== undefined
    ),
  );
}

function named(name: string, spans: readonly Span[]): readonly Span[] {
  return spans.filter((span) => span.name === name);
}

Deno.test("spanProjection() makes exactly these spans of a run of one call", async () => {
  const spans = await spansOf("one_call");
  const common = (step: number) => ({
    "agent.run_id": "rehearsal",
    "agent.step_index": step,
  });
  const chat = {
    "agent.llm.execution_path": "stub",
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "scripted",
    "gen_ai.request.model": "rehearsal",
  };
  const written = spans.map((span) => ({
    ...JSON.parse(JSON.stringify(span)),
    attributes: attributesOf(span),
  }));
  assertEquals(written, [
    {
      traceId: TRACE_ID,
      spanId: "9692211500000002",
      parentSpanId: "9692211500000001",
      name: "llm_call",
      kind: 3,
      start: "3000000",
      end: "4000000",
      attributes: {
        ...common(1),
        ...chat,
        "gen_ai.usage.input_tokens": 10,
        "gen_ai.usage.output_tokens": 2,
        "gen_ai.response.finish_reasons": ["tool_calls"],
      },
    },
    {
      traceId: TRACE_ID,
      spanId: "9692211500000003",
      parentSpanId: "9692211500000001",
      name: "policy_check",
      kind: 1,
      start: "5000000",
      end: "6000000",
      attributes: {
        ...common(1),
        "agent.policy.decision": "allow",
        "policy.version": "55ca10961ce5",
        "agent.tool_name": "echo",
      },
    },
    {
      traceId: TRACE_ID,
      spanId: "9692211500000005",
      parentSpanId: "9692211500000004",
      name: "retry_attempt",
      kind: 1,
      start: "8000000",
      end: "9000000",
      attributes: {
        ...common(1),
        "agent.retry.attempt": 1,
        "agent.retry.outcome": "success",
        "agent.retry.backoff_ms": 0,
      },
    },
    {
      traceId: TRACE_ID,
      spanId: "9692211500000004",
      parentSpanId: "9692211500000001",
      name: "tool_call",
      kind: 1,
      start: "7000000",
      end: "10000000",
      attributes: {
        ...common(1),
        "agent.tool_name": "echo",
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "echo",
        "gen_ai.tool.call.id": "call_1_1",
        "gen_ai.tool.type": "function",
      },
      link: "9692211500000003",
    },
    {
      traceId: TRACE_ID,
      spanId: "9692211500000001",
      name: "agent_step",
      kind: 1,
      start: "2000000",
      end: "11000000",
      attributes: common(1),
    },
    {
      traceId: TRACE_ID,
      spanId: "9692211500000009",
      parentSpanId: "9692211500000008",
      name: "llm_call",
      kind: 3,
      start: "13000000",
      end: "14000000",
      attributes: {
        ...common(2),
        ...chat,
        "gen_ai.usage.input_tokens": 20,
        "gen_ai.usage.output_tokens": 4,
        "gen_ai.response.finish_reasons": ["stop"],
      },
    },
    {
      traceId: TRACE_ID,
      spanId: "9692211500000008",
      name: "agent_step",
      kind: 1,
      start: "12000000",
      end: "15000000",
      attributes: { ...common(2), "agent.terminal_reason": "final_answer" },
    },
  ]);
});

Deno.test("spanProjection() names the model that answered, where it was another one", async () => {
  const calls = named("llm_call", await spansOf("cost_of_another_model"));
  assertEquals(
    calls.map(({ attributes }) => attributes["gen_ai.response.model"]),
    ["small-2", undefined],
  );
});

for (
  const [name, cost] of [
    ["cost_within_its_budget", "0.0000875 EUR"],
    ["answer_without_a_price", "unknown"],
    ["one_call", undefined],
  ] as const
) {
  Deno.test(`spanProjection() has the cost of ${name} on the last step alone`, async () => {
    const steps = named("agent_step", await spansOf(name));
    const costs = steps.map(({ attributes }) => attributes["agent.cost"]);
    assertEquals(costs, [...steps.slice(1).map(() => undefined), cost]);
  });
}

Deno.test("spanProjection() hands a step out with the event that tells whether it was the last", async () => {
  const projection = spanProjection();
  const events = await rehearse(REHEARSALS.one_call());
  assertEquals(
    events.map((event) =>
      `${event.type}: ${projection(event).map(({ name }) => name)}`
    ),
    [
      "run_started: ",
      "step_started: ",
      "llm_completed: llm_call",
      "policy_checked: policy_check",
      "tool_started: ",
      "attempt_finished: retry_attempt",
      "tool_finished: tool_call",
      "step_finished: ",
      "step_started: agent_step",
      "llm_completed: llm_call",
      "step_finished: ",
      "run_finished: agent_step",
    ],
  );
});

interface Failure {
  readonly name: keyof typeof REHEARSALS;
  readonly span: string;
  /** Attributes that tell of the failure. */
  readonly has: object;
  readonly error: string | undefined;
}

const FAILURES: readonly Failure[] = [
  {
    name: "denied_call",
    span: "policy_check",
    has: {
      "agent.policy.decision": "deny",
      "agent.policy.rule_id": "tool_registry",
      "policy.version": "55ca10961ce5",
      "agent.tool_name": "rm",
      "policy.requested_tool": "rm",
      "policy.registry_match": "not_allowed",
      "error.type": "tool_registry",
    },
    error: 'the policy does not allow this tool: "rm"',
  },
  {
    name: "denied_call",
    span: "agent_step",
    has: { "agent.terminal_reason": "policy_denial_terminal" },
    error: undefined,
  },
  {
    name: "iteration_budget",
    span: "policy_check",
    has: {
      "agent.policy.decision": "deny",
      "agent.policy.rule_id": "loop_budget",
      "policy.version": "98e4a081d9f2",
      "policy.limit_kind": "iterations",
      "policy.iterations": 2,
      "policy.max_iterations": 2,
      "error.type": "loop_budget",
    },
    error: "the run has used its 2 iterations",
  },
  {
    name: "approved",
    span: "policy_check",
    has: {
      "agent.policy.decision": "allow",
      "policy.version": "c90605431d49",
      "agent.tool_name": "work",
    },
    error: undefined,
  },
  {
    name: "rejected",
    span: "policy_check",
    has: {
      "agent.policy.decision": "deny",
      "agent.policy.rule_id": "approval",
      "policy.version": "c90605431d49",
      "agent.tool_name": "work",
      "policy.tool": "work",
      "policy.approver": "ada",
      "error.type": "approval",
    },
    error: "rejected by ada: work needs a person",
  },
  {
    name: "wrong_arguments",
    span: "agent_step",
    has: {
      "agent.failure_mode": "schema_mismatch",
      "agent.terminal_reason": "failure_mode_terminal",
    },
    error: "The arguments of a call do not fit the tool's schema",
  },
  {
    name: "unforeseen_throw",
    span: "tool_call",
    has: {
      "agent.tool_name": "work",
      "agent.tool.exception_class": "RangeError",
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "work",
      "gen_ai.tool.call.id": "call_1_1",
      "gen_ai.tool.type": "function",
      "error.type": "RangeError",
    },
    error: "Index 9 is out of range",
  },
  {
    name: "unforeseen_throw",
    span: "retry_attempt",
    has: {
      "agent.retry.attempt": 1,
      "agent.retry.outcome": "non_retryable",
      "agent.retry.backoff_ms": 0,
      "error.type": "RangeError",
    },
    error: "Index 9 is out of range",
  },
  {
    name: "foreseen_failure",
    span: "tool_call",
    has: {
      "agent.tool_name": "work",
      "agent.tool.exception_class": "ToolError",
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "work",
      "gen_ai.tool.call.id": "call_1_1",
      "gen_ai.tool.type": "function",
      "error.type": "not_found",
    },
    error: "There is no such file",
  },
  {
    name: "throw_without_words",
    span: "tool_call",
    has: {
      "agent.tool_name": "work",
      "agent.tool.exception_class": "Error",
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "work",
      "gen_ai.tool.call.id": "call_1_1",
      "gen_ai.tool.type": "function",
      "error.type": "Error",
    },
    error: "Error",
  },
  {
    name: "model_throws",
    span: "llm_call",
    has: {
      "agent.llm.execution_path": "stub",
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "scripted",
      "gen_ai.request.model": "rehearsal",
      "error.type": "TypeError",
    },
    error: "The socket is closed",
  },
  {
    name: "retries_exhausted",
    span: "retry_attempt",
    has: {
      "agent.retry.attempt": 3,
      "agent.retry.outcome": "exhausted",
      "agent.retry.backoff_ms": 0,
      "error.type": "503",
    },
    error: "The server answered 503",
  },
];

for (const { name, span, has, error } of FAILURES) {
  Deno.test(`spanProjection() tells of ${name} in the last ${span}`, async () => {
    const last = named(span, await spansOf(name)).at(-1);
    const {
      "agent.run_id": _run,
      "agent.step_index": _step,
      ...others
    } = last?.attributes ?? {};
    assertEquals(JSON.parse(JSON.stringify(others)), has);
    assertEquals(last?.error, error);
  });
}

Deno.test("spanProjection() does not call a step failed that the run survived", async () => {
  const [step] = named("agent_step", await spansOf("transient_twice"));
  assertEquals(step?.attributes["agent.failure_mode"], "tool_call_failure");
  assertEquals(step?.error, undefined);
});

Deno.test("spanProjection() links a tool call to the check that came after the approval", async () => {
  const spans = await spansOf("approved");
  const [call] = named("tool_call", spans);
  assertEquals(call?.link, "9692211500000005");
  assertEquals(
    spans.find(({ spanId }) => spanId === call?.link)
      ?.attributes["agent.policy.decision"],
    "allow",
  );
});

Deno.test("spanProjection() links a tool call to no check of another call", async () => {
  const events = await rehearse(REHEARSALS.one_call());
  const strayed = events.map((event) =>
    event.type === "policy_checked" ? { ...event, call_id: "other" } : event
  );
  assertEquals(named("tool_call", project(strayed))[0]?.link, undefined);
});

Deno.test("spanProjection() links a tool call to no check that did not allow it", async () => {
  const events = await rehearse(REHEARSALS.one_call());
  for (const decision of ["deny", "escalate"] as const) {
    const refused = events.map((event) =>
      event.type === "policy_checked" ? { ...event, decision } : event
    );
    assertEquals(named("tool_call", project(refused))[0]?.link, undefined);
  }
});

for (const [name, make] of Object.entries(REHEARSALS)) {
  Deno.test(`spanProjection() nests the spans of ${name} in time and by role`, async () => {
    const events = await rehearse(make());
    const spans = project(events);
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    assertEquals(byId.size, spans.length);
    for (const span of spans) {
      const parent = byId.get(span.parentSpanId ?? "");
      const name = parent?.name ?? "nothing";
      const wanted = span.name === "agent_step"
        ? ["nothing"]
        : span.name === "retry_attempt"
        ? ["tool_call", "llm_call"]
        : ["agent_step"];
      assertEquals(wanted.includes(name), true);
      assertEquals(BigInt(span.start) <= BigInt(span.end), true);
      if (parent === undefined) continue;
      assertEquals(BigInt(span.start) >= BigInt(parent.start), true);
      assertEquals(BigInt(span.end) <= BigInt(parent.end), true);
    }
    const ends = spans.map((span) => span.attributes["agent.terminal_reason"]);
    const [finished] = eventsOf("run_finished", events);
    assertEquals(ends.filter((end) => end !== undefined), [
      finished?.terminal_reason,
    ]);
    assertEquals(ends.at(-1), finished?.terminal_reason);
  });
}

Deno.test("spanProjection() gives every run ids of its own", async () => {
  const [started] = eventsOf(
    "run_started",
    await rehearse(REHEARSALS.one_call()),
  );
  if (started === undefined) throw new Error("There is no such event");
  const ids = [
    started,
    { ...started, run_id: "rehearsal2" },
    { ...started, seed: 8 },
  ].map((run) =>
    project([
      run,
      { v: 1, seq: 1, ts: "1", step: 1, type: "step_started" },
      {
        v: 1,
        seq: 2,
        ts: "2",
        step: 1,
        type: "step_finished",
        failure_mode: null,
      },
      { v: 1, seq: 3, ts: "3", step: 2, type: "step_started" },
    ])[0]
  );
  assertEquals(new Set(ids.map((span) => span?.traceId)).size, 3);
  assertEquals(new Set(ids.map((span) => span?.spanId)).size, 3);
});

Deno.test("spanProjection() refuses a run without its first event", () => {
  assertThrows(
    () =>
      spanProjection()({
        v: 1,
        seq: 1,
        ts: "1",
        step: 1,
        type: "step_started",
      }),
    RangeError,
    "Cannot make spans: the run's first event is missing",
  );
});
