import { assertEquals, assertThrows } from "@std/assert";
import { throughProtobuf } from "../../tests/otlp_proto.ts";
import {
  ASKED,
  type Rehearsal,
  rehearse,
  stage,
} from "../../tests/rehearsal.ts";
import { REHEARSALS } from "../../tests/rehearsals.ts";
import {
  kindIn,
  SPAN_BACKENDS,
  WANTED_KINDS,
} from "../../tests/span_backends.ts";
import type { RunEvent } from "../../runtime/record/event.ts";
import {
  clientSession,
  sessionTask,
} from "../../runtime/session/client_session.ts";
import { otlpJson } from "../otlp/otlp_json.ts";
import type { Span } from "../span.ts";
import { spanProjection } from "../span_projection.ts";
import { traceParent, underParent } from "../trace_parent.ts";
import { type GenaiOptions, genaiSpans } from "./genai_spans.ts";

function spansOf(
  events: readonly RunEvent[],
  options?: GenaiOptions,
): readonly Span<string>[] {
  return events.flatMap(genaiSpans(options));
}

/** The spans of a rehearsal with a name that begins so. */
async function named(
  begin: string,
  rehearsal: Rehearsal,
  options?: GenaiOptions,
) {
  return spansOf(await rehearse(rehearsal), options)
    .filter(({ name }) => name.split(" ")[0] === begin);
}

function attributes(span: Span<string> | undefined) {
  return Object.fromEntries(
    Object.entries(span?.attributes ?? {}).filter(([, value]) =>
      value !== undefined
    ),
  );
}

/** Everything that a run can do, where it comes to an end. */
async function endedRuns() {
  const runs: (readonly [string, readonly RunEvent[]])[] = [];
  for (const [name, make] of Object.entries(REHEARSALS)) {
    try {
      runs.push([name, await rehearse(make())]);
    } catch {
      // It waits for a person or its model.
    }
  }
  return runs;
}

Deno.test("genaiSpans() makes one tree of whatever a run can do, children within their parents", async () => {
  for (const [name, events] of await endedRuns()) {
    const spans = spansOf(events);
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    assertEquals(byId.size, spans.length, name);
    const [root, ...others] = spans.filter(({ parentSpanId }) =>
      parentSpanId === undefined
    );
    assertEquals([root?.name, others], ["invoke_agent rehearsal", []], name);
    assertEquals(root, spans.at(-1), name);
    for (const { parentSpanId, start, end, name: what } of spans) {
      assertEquals(BigInt(start) <= BigInt(end), true, what);
      if (parentSpanId === undefined) continue;
      const parent = byId.get(parentSpanId);
      const isWithin = parent !== undefined &&
        BigInt(parent.start) <= BigInt(start) &&
        BigInt(end) <= BigInt(parent.end);
      assertEquals(isWithin, true, `${name}: ${what}`);
    }
  }
});

Deno.test("genaiSpans() keeps every span of trace.json, with all that it says", async () => {
  for (const [name, events] of await endedRuns()) {
    const spans = new Map(
      spansOf(events).map((span) => [span.spanId, span]),
    );
    for (const span of events.flatMap(spanProjection())) {
      const kept = spans.get(span.spanId);
      const { start, end, kind, error, link } = span;
      assertEquals(
        [kept?.start, kept?.end, kept?.kind, kept?.error, kept?.link],
        [start, end, kind, error, link],
        name,
      );
      for (const [key, value] of Object.entries(span.attributes)) {
        // Tokens of reasoning are counted among those of the output there.
        if (key === "gen_ai.usage.output_tokens") continue;
        assertEquals(kept?.attributes[key], value, `${name}: ${key}`);
      }
    }
  }
});

Deno.test("every backend takes the spans of whatever a run can do for what they are", async () => {
  const seen = new Set<string>();
  for (const [name, events] of await endedRuns()) {
    for (const content of [false, true]) {
      for (const span of spansOf(events, { content })) {
        const [begin = ""] = span.name.split(" ");
        seen.add(begin);
        for (const backend of SPAN_BACKENDS) {
          assertEquals(
            kindIn(backend, attributes(span)),
            WANTED_KINDS[begin]?.[backend.name],
            `${name}: ${span.name} in ${backend.name}`,
          );
        }
      }
    }
  }
  assertEquals([...seen].sort(), Object.keys(WANTED_KINDS).sort());
});

Deno.test("the spans of trace.json are something else to backends, so the data can tell", async () => {
  const events = await rehearse(REHEARSALS.one_call());
  const kinds = events.flatMap(spanProjection()).map((span) =>
    SPAN_BACKENDS.map((backend) =>
      kindIn(backend, attributes({ ...span, name: span.name }))
    )
  );
  assertEquals(kinds.flat().includes("GUARDRAIL"), false);
  assertEquals(kinds.flat().includes("AGENT"), false);
});

Deno.test("genaiSpans() names agent, model, tool and conversation as the conventions do", async () => {
  const spans = spansOf(await rehearse(REHEARSALS.cost_of_another_model()));
  const [chat] = spans.filter(({ name }) => name === "chat small");
  const { "gen_ai.response.finish_reasons": _, ...asked } = attributes(chat);
  assertEquals(asked, {
    "agent.run_id": "rehearsal",
    "agent.step_index": 1,
    "agent.llm.execution_path": "local",
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "nearby",
    "gen_ai.request.model": "small",
    "gen_ai.response.model": "small-2",
    "gen_ai.usage.input_tokens": 9,
    "gen_ai.usage.output_tokens": 3,
    "gen_ai.usage.cache_read.input_tokens": 3,
    "gen_ai.usage.cache_write.input_tokens": 4,
    "gen_ai.usage.reasoning.output_tokens": 1,
    "gen_ai.conversation.id": "rehearsal",
    "gen_ai.agent.name": "rehearsal",
    "openinference.span.kind": "LLM",
  });
  assertEquals(
    attributes(spans.find(({ name }) => name === "execute_tool echo")),
    {
      "agent.run_id": "rehearsal",
      "agent.step_index": 1,
      "agent.tool_name": "echo",
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "echo",
      "gen_ai.tool.description": "Does what a test needs",
      "gen_ai.tool.call.id": "c1",
      "gen_ai.tool.type": "function",
      "gen_ai.conversation.id": "rehearsal",
      "gen_ai.agent.name": "rehearsal",
      "openinference.span.kind": "TOOL",
    },
  );
  const root = spans.at(-1);
  assertEquals(root?.start, "1000000");
  const { "policy.version": _version, ...run } = attributes(root);
  assertEquals(run, {
    "gen_ai.operation.name": "invoke_agent",
    "gen_ai.agent.name": "rehearsal",
    "gen_ai.conversation.id": "rehearsal",
    "gen_ai.request.model": "small",
    "agent.run_id": "rehearsal",
    "agent.terminal_reason": "final_answer",
    "agent.cost": "0.00000893 EUR",
    "openinference.span.kind": "AGENT",
  });
});

Deno.test("genaiSpans() says of a run that has no answer what its error was", async () => {
  for (
    const [name, reason] of [
      ["denied_call", "policy_denial_terminal"],
      ["iteration_budget", "loop_budget"],
      ["cancelled_before_a_step", "cancelled"],
      ["one_call", undefined],
    ] as const
  ) {
    const root = spansOf(await rehearse(REHEARSALS[name]())).at(-1);
    assertEquals(
      [root?.error, root?.attributes["error.type"]],
      [reason, reason],
    );
  }
});

Deno.test("genaiSpans() has a span for a wait for a person, from the question to the answer", async () => {
  const events = await rehearse(REHEARSALS.approved());
  const [wait, ...others] = spansOf(events).filter(({ name }) =>
    name === "approval"
  );
  assertEquals(others, []);
  const question = events.find((event) =>
    event.type === "policy_checked" && event.decision === "escalate"
  );
  const answer = events.find(({ type }) => type === "approval_resolved");
  assertEquals([wait?.start, wait?.end], [question?.ts, answer?.ts]);
  assertEquals(wait?.attributes["agent.approval.approver"], "ada");
  const [rejected] = await named("approval", REHEARSALS.rejected());
  assertEquals(rejected?.error?.startsWith("rejected by "), true);
});

Deno.test("genaiSpans() tells a tool of a server by its method", async () => {
  const [started, ...rest] = await rehearse(REHEARSALS.one_call());
  if (started?.type !== "run_started") throw new Error("no beginning");
  const tools = started.tools.map((tool) => ({
    ...tool,
    definition_sha256: "0".repeat(64),
  }));
  const spans = spansOf([{ ...started, tools }, ...rest]);
  const call = spans.find(({ name }) => name === "execute_tool echo");
  assertEquals(call?.attributes["mcp.method.name"], "tools/call");
});

const SECRETS: Rehearsal = {
  policy: {
    on_deny: "continue",
    redact: { patterns: ["sk-\\w+"], paths: [] },
  },
  script: [{
    calls: [
      { tool: "echo", args: { text: "sk-echo is a key" } },
      { tool: "echo", args: { text: "sk-1", more: "sk-2" } },
      { tool: "rm", args: { "sk-name": 1 } },
    ],
    raw: "I use sk-raw.",
  }, { answer: "It is sk-answer." }],
};

const REDACTION = { patterns: ["sk-\\w+"] };

Deno.test("genaiSpans() has no contents but where they are asked for", async () => {
  const events = await rehearse(SECRETS);
  const text = JSON.stringify(spansOf(events));
  for (const each of ["is a key", "I use", "It is", "What now?"]) {
    assertEquals(text.includes(each), false, each);
  }
});

Deno.test("genaiSpans() has contents in the form of the conventions, redacted", async () => {
  const events = await rehearse(SECRETS);
  const spans = spansOf(events, { content: true, redaction: REDACTION });
  assertEquals(
    /sk-(echo|1|2|name|raw|answer)/.test(JSON.stringify(spans)),
    false,
  );
  const [first, second] = spans.filter(({ name }) => name.startsWith("chat"));
  const json = (span: Span<string> | undefined, key: string) =>
    JSON.parse(String(span?.attributes[key]));
  assertEquals(json(first, "gen_ai.input.messages"), [
    { role: "user", parts: [{ type: "text", content: "What now?" }] },
  ]);
  assertEquals(json(first, "gen_ai.output.messages"), [{
    role: "assistant",
    parts: [
      { type: "text", content: "I use [redacted]." },
      {
        type: "tool_call",
        id: "call_1_1",
        name: "echo",
        arguments: { text: "[redacted] is a key" },
      },
      {
        type: "tool_call",
        id: "call_1_2",
        name: "echo",
        arguments: { text: "[redacted]", more: "[redacted]" },
      },
      {
        type: "tool_call",
        id: "call_1_3",
        name: "rm",
        arguments: { "[redacted]": 1 },
      },
    ],
    finish_reason: "tool_calls",
  }]);
  const told = json(second, "gen_ai.input.messages");
  assertEquals(told.length, 5);
  assertEquals(told[2], {
    role: "tool",
    parts: [{
      type: "tool_call_response",
      id: "call_1_1",
      response: { text: "[redacted] is a key" },
    }],
  });
  assertEquals(told[4].parts[0].response.denied.rule, "tool_registry");
  const tool = spans.find(({ name }) => name === "execute_tool echo");
  assertEquals(json(tool, "gen_ai.tool.call.arguments"), {
    text: "[redacted] is a key",
  });
  assertEquals(
    tool?.attributes["output.value"],
    tool?.attributes["gen_ai.tool.call.result"],
  );
  const root = spans.at(-1);
  assertEquals(root?.attributes["input.value"], "What now?");
  assertEquals(root?.attributes["output.value"], "It is [redacted].");
});

Deno.test("genaiSpans() hides all contents where a path leads to what is about a call", async () => {
  const events = await rehearse(SECRETS);
  for (
    const [paths, hidden] of [
      [["$.args.text"], true],
      [["$.metadata.url"], true],
      [["$..text"], true],
      [["$.answer"], false],
    ] as const
  ) {
    const text = JSON.stringify(
      spansOf(events, { content: true, redaction: { paths } }).filter((
        { name },
      ) => name.startsWith("execute_tool")).map(({ attributes }) =>
        attributes["gen_ai.tool.call.arguments"]
      ),
    );
    assertEquals(text.includes("is a key"), !hidden, paths.join());
  }
});

Deno.test("genaiSpans() keeps a long conversation within limits", async () => {
  const long = "x".repeat(60_000);
  const events = await rehearse({
    policy: { loop_budget: { max_iterations: 20 } },
    script: [
      ...Array.from({ length: 10 }, (_, index) => ({
        calls: [{ tool: "echo", args: { text: `${index}${long}` } }],
      })),
      { answer: "done" },
    ],
  });
  const inputs = spansOf(events, { content: true })
    .map(({ attributes }) => attributes["gen_ai.input.messages"])
    .filter((each) => typeof each === "string");
  assertEquals(Math.max(...inputs.map((each) => each.length)) < 300_000, true);
  const last = JSON.parse(inputs.at(-2) ?? "");
  assertEquals(last.at(-1).parts[0].response.text[0], "9");
});

Deno.test("a document of these spans survives OpenTelemetry's protobuf classes", async () => {
  for (const name of ["approved", "busy_model", "denied_call"] as const) {
    const events = await rehearse(REHEARSALS[name]());
    const document = otlpJson({
      project: genaiSpans({ content: true }),
      schemaUrl: "",
    });
    const text = events.map(document.push).join("") + document.end();
    assertEquals(throughProtobuf(text), JSON.parse(text));
  }
});

Deno.test("genaiSpans() wants the beginning of a run", async () => {
  const [, second] = await rehearse(REHEARSALS.one_call());
  if (second === undefined) throw new Error("no events");
  assertThrows(() => genaiSpans()(second), RangeError);
});

const PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

Deno.test("underParent() makes a run a part of another program's trace", async () => {
  const parent = traceParent(PARENT);
  if (parent === undefined) throw new Error("it is valid");
  const events = await rehearse(REHEARSALS.one_call());
  const spans = events.flatMap(underParent(genaiSpans(), parent));
  assertEquals(
    new Set(spans.map(({ traceId }) => traceId)),
    new Set(["4bf92f3577b34da6a3ce929d0e0e4736"]),
  );
  const below = spans.filter(({ parentSpanId }) =>
    parentSpanId === "00f067aa0ba902b7"
  );
  assertEquals(below.map(({ name }) => name), ["invoke_agent rehearsal"]);
});

for (
  const [text, want] of [
    [PARENT, true],
    [` ${PARENT} `, true],
    [PARENT.replace(/01$/, "00"), false],
    [PARENT.replace(/^00/, "cc") + "-later", true],
    [PARENT.replace(/^00/, "ff"), undefined],
    [`${PARENT}-more`, undefined],
    [PARENT.toUpperCase(), undefined],
    [
      PARENT.replace("4bf92f3577b34da6a3ce929d0e0e4736", "0".repeat(32)),
      undefined,
    ],
    [PARENT.replace("00f067aa0ba902b7", "0".repeat(16)), undefined],
    ["", undefined],
    ["00-1-2-01", undefined],
  ] as const
) {
  Deno.test(`traceParent() reads ${JSON.stringify(text)} as ${want}`, () => {
    assertEquals(traceParent(text)?.isSampled, want);
  });
}

Deno.test("genaiSpans() has a tree for a client's calls, its waits for persons below their steps", async () => {
  const { spec, world, signal } = stage({
    policy: {
      on_deny: "continue",
      escalate: ASKED,
      loop_budget: { max_iterations: 1 },
    },
    approver: () => Promise.resolve({ approver: "ada", verdict: "approved" }),
  });
  const session = clientSession({
    ...spec,
    task: sessionTask("What now?"),
    model: {
      execution_path: "client",
      provider: "mcp",
      model: "desk",
      script_sha256: null,
    },
  }, { ...world(1_000_000n), signal });
  const calls = ["echo", "work", "rm"].map((tool) =>
    session.call({ id: tool, tool, args_json: "{}" })
  );
  session.close();
  const events = await Array.fromAsync(session.events());
  await Promise.all(calls);
  const spans = spansOf(events, { content: true });
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const shown = spans.map(({ name, parentSpanId = "" }) =>
    `${name} < ${byId.get(parentSpanId)?.name}`
  ).sort();
  assertEquals(shown, [
    "agent_step < invoke_agent desk",
    "agent_step < invoke_agent desk",
    "agent_step < invoke_agent desk",
    "approval < agent_step",
    "execute_tool echo < agent_step",
    "execute_tool work < agent_step",
    "invoke_agent desk < undefined",
    "policy_check < agent_step",
    "policy_check < agent_step",
    "policy_check < agent_step",
    "policy_check < agent_step",
    "retry_attempt < execute_tool echo",
    "retry_attempt < execute_tool work",
  ]);
  const root = spans.find(({ parentSpanId }) => parentSpanId === undefined);
  assertEquals([root?.error, root?.attributes["gen_ai.request.model"]], [
    undefined,
    undefined,
  ]);
});
