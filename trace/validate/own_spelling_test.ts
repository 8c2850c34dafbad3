import { assert, assertEquals, assertThrows } from "@std/assert";
import { ownSpelling } from "./own_spelling.ts";
import allowed from "../samples/allowed_with_retry.json" with { type: "json" };
import { BAD_KEYS } from "./samples/bad_keys.ts";
import { BAD_RUNS } from "./samples/bad_runs.ts";
import { BAD_SPANS } from "./samples/bad_spans.ts";
import { BAD_TREES } from "./samples/bad_trees.ts";
import { BAD_VALUES } from "./samples/bad_values.ts";
import budget from "../samples/budget_denied.json" with { type: "json" };
import denied from "../samples/denied_url.json" with { type: "json" };
import { all, drop, type Mutation, put } from "./samples/mutations.ts";
import unhandled from "../samples/unhandled_error.json" with { type: "json" };
import { validateTrace, validateTraceText } from "./validate.ts";

const TEXT = JSON.stringify(allowed);
const SAMPLES: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["allowed_with_retry", allowed],
  ["denied_url", denied],
  ["budget_denied", budget],
  ["unhandled_error", unhandled],
]);

function changed(mutate: Mutation, sample = "allowed_with_retry"): string {
  const document = structuredClone(SAMPLES.get(sample));
  mutate(document);
  return JSON.stringify(document);
}

for (const [name, sample] of SAMPLES) {
  Deno.test(`ownSpelling() changes nothing of ${name}`, () => {
    assertEquals(ownSpelling(JSON.stringify(sample)), {
      document: sample,
      notes: [],
    });
  });
}

const GROUP = "resourceSpans[0]";
const SCOPE = `${GROUP}.scopeSpans[0]`;
const SPAN = `${SCOPE}.spans[0]`;
const [RESOURCE_SPANS] = allowed.resourceSpans;
const [SCOPE_SPANS] = RESOURCE_SPANS?.scopeSpans ?? [];
const SPANS = SCOPE_SPANS?.spans ?? [];

/** Legal spellings that are not ours. */
const OTHERS: readonly {
  readonly what: string;
  readonly text: string;
  /** Path, message and count of each note. */
  readonly notes: readonly (readonly [string, string, number])[];
}[] = [
  {
    what: "ids in upper case",
    text: TEXT.replace(
      /("(?:traceId|spanId|parentSpanId)":")(\w+)/g,
      (_, key, id) => `${key}${id.toUpperCase()}`,
    ),
    notes: [[`${SPAN}.traceId`, "hex digits in upper case", 24]],
  },
  {
    what: "times as numbers that no double can hold",
    text: TEXT.replace(/(UnixNano":)"(\d+)"/g, "$1$2"),
    notes: [[
      `${SPAN}.startTimeUnixNano`,
      "a 64-bit integer as a number",
      2 * SPANS.length,
    ]],
  },
  {
    what: "an int as a number",
    text: changed(put("spans[0]{agent.step_index}.value.intValue", 1)),
    notes: [[
      `${SPAN}.attributes[1].value.intValue`,
      "a 64-bit integer as a number",
      1,
    ]],
  },
  {
    what: "an empty parent id",
    text: changed(put("spans[0].parentSpanId", "")),
    notes: [[
      `${SPAN}.parentSpanId`,
      "an empty value for what is not set",
      1,
    ]],
  },
  ...[{}, { code: 0 }, { code: 0, message: "" }, { message: "" }].map(
    (status) => ({
      what: `the status ${JSON.stringify(status)}`,
      text: changed(put("spans[0].status", status)),
      notes: [[
        `${SPAN}.status`,
        "an empty value for what is not set",
        1,
      ]] as const,
    }),
  ),
  {
    what: "null for what is not set",
    text: changed(
      all(put("spans[0].parentSpanId", null), put("spans[0].links", null)),
    ),
    notes: [[`${SPAN}.parentSpanId`, "null for what is not set", 2]],
  },
  {
    what: "fields that we never write",
    text: changed(
      all(
        put("spans[0].flags", 257),
        put("spans[0].traceState", "a=b"),
        put("spans[0].events", []),
        put("spans[0].droppedEventsCount", 0),
        put("spans[1].flags", 257),
      ),
    ),
    notes: [
      [`${SPAN}.flags`, "flags, which we never write", 2],
      [`${SPAN}.traceState`, "traceState, which we never write", 1],
      [`${SPAN}.events`, "events, which we never write", 1],
      [
        `${SPAN}.droppedEventsCount`,
        "droppedEventsCount, which we never write",
        1,
      ],
    ],
  },
  {
    what: "unknown fields",
    text: changed(
      all(put("spans[0].color", { a: 1 }), put("vendor", "x")),
    ),
    notes: [[
      `${SPAN}.color`,
      "an unknown field, which receivers ignore",
      2,
    ]],
  },
  {
    what: "an empty schema URL of a resource",
    text: JSON.stringify({
      resourceSpans: [{ ...RESOURCE_SPANS, schemaUrl: "" }],
    }),
    notes: [[
      `${GROUP}.schemaUrl`,
      "an empty value for what is not set",
      1,
    ]],
  },
  {
    what: "spans of one resource in several groups",
    text: JSON.stringify({
      resourceSpans: SPANS.map((span) => ({
        ...RESOURCE_SPANS,
        scopeSpans: [{ ...SCOPE_SPANS, spans: [span] }],
      })),
    }),
    notes: [
      [
        "resourceSpans",
        "scopeSpans of the same in several groups",
        SPANS.length - 1,
      ],
      [
        "resourceSpans",
        "spans of the same in several groups",
        SPANS.length - 1,
      ],
    ],
  },
  {
    what: "keys in another order, after a byte order mark",
    text: `\ufeff${
      JSON.stringify(allowed, (_, value) =>
        value !== null && typeof value === "object" && !Array.isArray(value)
          ? Object.fromEntries(Object.entries(value).reverse())
          : value)
    }\r\n\r\n`,
    notes: [["$", "a byte order mark", 1]],
  },
];

for (const { what, text, notes } of OTHERS) {
  Deno.test(`ownSpelling() takes ${what} for what they are`, () => {
    const found = ownSpelling(text);
    assertEquals(
      found.notes.map(({ path, message, count }) => [path, message, count]),
      notes,
    );
    assertEquals(validateTrace(found.document), []);
  });
}

/** Legal OTLP/JSON among what the validator of our own traces refuses. */
const LEGAL = [
  "flags, which we never write",
  "events, which we never write",
  "a dropped count, which we never write",
  "an unknown key in the document",
  "a link with an attribute list",
  "null as the list of links",
  "a trace id in upper case",
  "an empty parent id instead of none",
  "a time as a number",
  "an array value without values",
  "an int as a number",
  "an empty status",
  "status code 0",
];

Deno.test("ownSpelling() leaves what is illegal as it is", () => {
  const bad = [
    ...BAD_KEYS,
    ...BAD_VALUES,
    ...BAD_TREES,
    ...BAD_SPANS,
    ...BAD_RUNS,
  ];
  const made = bad.filter(({ mutate, sample }) => {
    const { document } = ownSpelling(changed(mutate, sample));
    return validateTrace(document).length === 0;
  });
  assertEquals(made.map(({ name }) => name).sort(), LEGAL.toSorted());
});

for (
  const { what, mutate } of [
    {
      what: "the name of an enum value",
      mutate: put("spans[0].kind", "SPAN_KIND_SERVER"),
    },
    {
      what: "a key in snake_case",
      mutate: all(drop("spans[0].spanId"), put("spans[0].span_id", "a1")),
    },
    { what: "an id in base64", mutate: put("spans[0].spanId", "AAAAAAAAAKE=") },
    { what: "flags that are none", mutate: put("spans[0].flags", "x") },
    { what: "events that are not a list", mutate: put("spans[0].events", {}) },
    {
      what: "an invalid int",
      mutate: put("spans[0]{agent.step_index}.value.intValue", 1.5),
    },
    { what: "null among spans", mutate: put("spans[0]", null) },
  ]
) {
  Deno.test(`ownSpelling() does not mend ${what}`, () => {
    const { document } = ownSpelling(changed(mutate));
    assert(validateTrace(document).length > 0);
    assert(validateTraceText(changed(mutate)).length > 0);
  });
}

Deno.test("ownSpelling() throws for a text that is not JSON", () => {
  assertThrows(() => ownSpelling("{"), SyntaxError);
});
