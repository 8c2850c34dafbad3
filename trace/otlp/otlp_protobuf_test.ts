import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { fromProtobuf, throughProtobuf } from "../../tests/otlp_proto.ts";
import { rehearse } from "../../tests/rehearsal.ts";
import { REHEARSALS } from "../../tests/rehearsals.ts";
import { SEED } from "../../tests/sample.ts";
import { genaiSpans } from "../genai/genai_spans.ts";
import type { Attributes, Span } from "../span.ts";
import { spanProjection } from "../span_projection.ts";
import type { OtlpEnvelope } from "./otlp_encoding.ts";
import { JSON_ENCODING } from "./otlp_json.ts";
import { PROTOBUF_ENCODING } from "./otlp_protobuf.ts";
import { rejectedIn } from "./protobuf_answer.ts";

const ENVELOPE: OtlpEnvelope = {
  resource: { "service.version": "0.0.0" },
  version: "2",
  schemaUrl: "https://opentelemetry.io/schemas/1.37.0",
};

/** The same spans as JSON and as protobuf must be the same to OpenTelemetry's own classes. */
function assertSame(
  spans: readonly Span<string>[],
  envelope: OtlpEnvelope = ENVELOPE,
): void {
  const json = JSON_ENCODING.request(spans.map(JSON_ENCODING.span), envelope);
  const bytes = PROTOBUF_ENCODING.request(
    spans.map(PROTOBUF_ENCODING.span),
    envelope,
  );
  assertEquals(fromProtobuf(bytes), throughProtobuf(json));
}

Deno.test("PROTOBUF_ENCODING says of the spans of a run what JSON says", async () => {
  for (
    const name of [
      "approved",
      "busy_model",
      "denied_call",
      "lone_surrogates",
    ] as const
  ) {
    const events = await rehearse(REHEARSALS[name]());
    assertSame(events.flatMap(spanProjection()));
    assertSame(events.flatMap(genaiSpans({ content: true })), {
      ...ENVELOPE,
      schemaUrl: "",
    });
  }
});

const hex = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length })
    .map((bytes) => bytes.toHex());
const text = fc.string({ unit: "binary", maxLength: 200 });
const nanoseconds = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
const attributes: fc.Arbitrary<Attributes> = fc.dictionary(
  fc.string({ minLength: 1 }),
  fc.oneof(
    text,
    fc.boolean(),
    fc.maxSafeInteger(),
    // OTLP/JSON has no place for -0.
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) =>
      !Object.is(value, -0)
    ),
    fc.array(text, { maxLength: 4 }),
  ),
);
const span: fc.Arbitrary<Span<string>> = fc.record({
  traceId: hex(16),
  spanId: hex(8),
  parentSpanId: fc.option(hex(8), { nil: undefined }),
  name: fc.string({ minLength: 1 }),
  kind: fc.constantFrom(1, 3),
  start: nanoseconds,
  end: nanoseconds,
  attributes,
  error: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
  link: fc.option(hex(8), { nil: undefined }),
});

Deno.test("PROTOBUF_ENCODING says of any spans what JSON says", () => {
  fc.assert(
    fc.property(fc.array(span, { minLength: 1, maxLength: 5 }), (spans) => {
      assertSame(spans);
    }),
    { seed: SEED, numRuns: 200 },
  );
});

/** An `ExportTraceServiceResponse` whose `partial_success` rejects so many. */
function answer(...rejected: readonly number[]): Uint8Array {
  return Uint8Array.from([0x0a, rejected.length + 1, 0x08, ...rejected]);
}

for (
  const [what, bytes, want] of [
    ["nothing", new Uint8Array(), 0],
    ["an empty partial success", Uint8Array.from([0x0a, 0]), 0],
    ["three", answer(3), 3],
    ["three hundred", answer(0xac, 0x02), 300],
    [
      "a message beside it",
      Uint8Array.from([0x0a, 5, 0x08, 7, 0x12, 1, 0x61]),
      7,
    ],
    ["a number that is cut off", answer(0xac), 0],
    ["a length beyond its end", Uint8Array.from([0x0a, 9, 0x08]), 0],
    ["JSON", new TextEncoder().encode('{"partialSuccess":{}}'), 0],
    ["a number of all bits", answer(...Array(9).fill(0xff), 0x01), 0],
  ] as const
) {
  Deno.test(`rejectedIn() reads ${want} in ${what}`, () => {
    assertEquals(rejectedIn(bytes), want);
  });
}
