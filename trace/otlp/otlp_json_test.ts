import { assertEquals } from "@std/assert";
import type { RunEvent } from "../../runtime/record/event.ts";
import { rehearse } from "../../tests/rehearsal.ts";
import { REHEARSALS } from "../../tests/rehearsals.ts";
import { encodeSpan, otlpJson } from "./otlp_json.ts";
import type { Span } from "../span.ts";
import { validateTraceText } from "../validate/validate.ts";

function traceOf(events: readonly RunEvent[]): string {
  const trace = otlpJson();
  return events.map((event) => trace.push(event)).join("") + trace.end();
}

for (const [name, make] of Object.entries(REHEARSALS)) {
  Deno.test(`otlpJson() writes a sound trace of ${name}`, async () => {
    assertEquals(validateTraceText(traceOf(await rehearse(make()))), []);
  });
}

Deno.test("otlpJson() writes exactly this trace of a run that is cancelled at once", async () => {
  assertEquals(
    traceOf(await rehearse(REHEARSALS.cancelled_before_a_step())),
    '{"resourceSpans":[{"resource":{"attributes":[' +
      '{"key":"service.name","value":{"stringValue":"agent-runtime-observability"}}]},' +
      '"scopeSpans":[{"scope":{"name":"agent-runtime-observability","version":"2"},"spans":[\n' +
      '{"traceId":"4f3879bf2d4bdff98cb61ba2f435385e","spanId":"9692211500000001","name":"agent_step",' +
      '"kind":1,"startTimeUnixNano":"2000000","endTimeUnixNano":"3000000","attributes":[' +
      '{"key":"agent.run_id","value":{"stringValue":"rehearsal"}},' +
      '{"key":"agent.step_index","value":{"intValue":"1"}},' +
      '{"key":"agent.terminal_reason","value":{"stringValue":"cancelled"}}]}\n' +
      '],"schemaUrl":"https://opentelemetry.io/schemas/1.37.0"}],' +
      '"schemaUrl":"https://opentelemetry.io/schemas/1.37.0"}]}\n',
  );
});

Deno.test("otlpJson() writes a span a line, as soon as the span has ended", async () => {
  const trace = otlpJson();
  const events = await rehearse(REHEARSALS.one_call());
  const lines = events.map((event) => [
    event.type,
    trace.push(event).split("\n").length - 1,
  ]);
  assertEquals(lines, [
    ["run_started", 0],
    ["step_started", 0],
    ["llm_completed", 1],
    ["call_proposed", 0],
    ["policy_checked", 1],
    ["tool_started", 0],
    ["attempt_finished", 1],
    ["tool_finished", 1],
    ["step_finished", 0],
    ["step_started", 1],
    ["llm_completed", 1],
    ["step_finished", 0],
    ["run_finished", 1],
  ]);
});

const SPAN: Span = {
  traceId: "0123456789abcdef0123456789abcdef",
  spanId: "0123456789abcdef",
  name: "agent_step",
  kind: 1,
  start: "1795338000000000000",
  end: "1795338000001000000",
  attributes: {},
};

const ENCODED: readonly {
  readonly name: string;
  readonly span: Partial<Span>;
  readonly want: string;
}[] = [
  {
    name: "nothing that is not there",
    span: {
      parentSpanId: undefined,
      error: undefined,
      link: undefined,
      attributes: { "agent.failure_mode": undefined },
    },
    want: '"attributes":[]}',
  },
  {
    name: "strings and booleans",
    span: { attributes: { a: "", b: '"\n', c: true, d: false } },
    want: '"attributes":[{"key":"a","value":{"stringValue":""}},' +
      '{"key":"b","value":{"stringValue":"\\"\\n"}},' +
      '{"key":"c","value":{"boolValue":true}},' +
      '{"key":"d","value":{"boolValue":false}}]}',
  },
  {
    name: "whole numbers as decimal strings",
    span: { attributes: { a: 0, b: -0, c: -3, d: 9007199254740991 } },
    want: '"attributes":[{"key":"a","value":{"intValue":"0"}},' +
      '{"key":"b","value":{"intValue":"0"}},' +
      '{"key":"c","value":{"intValue":"-3"}},' +
      '{"key":"d","value":{"intValue":"9007199254740991"}}]}',
  },
  {
    name: "fractions and what no int64 holds as doubles",
    span: { attributes: { a: 0.5, b: 1e21 } },
    want: '"attributes":[{"key":"a","value":{"doubleValue":0.5}},' +
      '{"key":"b","value":{"doubleValue":1e+21}}]}',
  },
  {
    name: "lists",
    span: { attributes: { a: [], b: ["x", "y"] } },
    want: '"attributes":[{"key":"a","value":{"arrayValue":{"values":[]}}},' +
      '{"key":"b","value":{"arrayValue":{"values":[{"stringValue":"x"},{"stringValue":"y"}]}}}]}',
  },
  {
    name: "an error as status 2 with its message",
    span: { error: "It broke" },
    want: '"attributes":[],"status":{"code":2,"message":"It broke"}}',
  },
  {
    name: "a link with the trace it leads to",
    span: { link: "fedcba9876543210" },
    want:
      '"attributes":[],"links":[{"traceId":"0123456789abcdef0123456789abcdef","spanId":"fedcba9876543210"}]}',
  },
  {
    name: "half an emoji as the sign for what has no UTF-8 form",
    span: { error: "\ud83d", attributes: { a: "\ude00", b: ["\ud83d"] } },
    want: '"attributes":[{"key":"a","value":{"stringValue":"\ufffd"}},' +
      '{"key":"b","value":{"arrayValue":{"values":[{"stringValue":"\ufffd"}]}}}],' +
      '"status":{"code":2,"message":"\ufffd"}}',
  },
];

const HEAD =
  '{"traceId":"0123456789abcdef0123456789abcdef","spanId":"0123456789abcdef",' +
  '"name":"agent_step","kind":1,' +
  '"startTimeUnixNano":"1795338000000000000","endTimeUnixNano":"1795338000001000000",';

for (const { name, span, want } of ENCODED) {
  Deno.test(`encodeSpan() writes ${name}`, () => {
    assertEquals(encodeSpan({ ...SPAN, ...span }), HEAD + want);
  });
}

Deno.test("encodeSpan() writes the parent after the span's own id", () => {
  assertEquals(
    encodeSpan({ ...SPAN, parentSpanId: "fedcba9876543210" }),
    HEAD.replace('"name"', '"parentSpanId":"fedcba9876543210","name"') +
      '"attributes":[]}',
  );
});
