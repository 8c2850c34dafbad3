import { assert, assertEquals, assertMatch } from "@std/assert";
import allowed from "../samples/allowed_with_retry.json" with { type: "json" };
import { BAD_KEYS } from "./samples/bad_keys.ts";
import { BAD_RUNS } from "./samples/bad_runs.ts";
import { BAD_SPANS } from "./samples/bad_spans.ts";
import { BAD_TREES } from "./samples/bad_trees.ts";
import { BAD_VALUES } from "./samples/bad_values.ts";
import budget from "../samples/budget_denied.json" with { type: "json" };
import denied from "../samples/denied_url.json" with { type: "json" };
import { all, attribute, locate, put } from "./samples/mutations.ts";
import { STILL_GOOD } from "./samples/still_good.ts";
import unhandled from "../samples/unhandled_error.json" with { type: "json" };
import {
  TRACE_FINDING_CODES,
  type TraceFinding,
  validateTrace,
  validateTraceText,
} from "./validate.ts";

const SAMPLES: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["allowed_with_retry", allowed],
  ["denied_url", denied],
  ["budget_denied", budget],
  ["unhandled_error", unhandled],
]);
const BAD_TRACES = [
  ...BAD_KEYS,
  ...BAD_VALUES,
  ...BAD_TREES,
  ...BAD_SPANS,
  ...BAD_RUNS,
];

function codesOf(findings: readonly TraceFinding[]): readonly string[] {
  return findings.map(({ code }) => code);
}

for (const [name, sample] of SAMPLES) {
  Deno.test(`validateTrace() accepts the sample ${name}`, () => {
    assertEquals(validateTrace(sample), []);
    assertEquals(validateTraceText(JSON.stringify(sample, null, 2)), []);
  });
}

for (const { name, mutate } of STILL_GOOD) {
  Deno.test(`validateTrace() accepts ${name}`, () => {
    const document = structuredClone(allowed);
    mutate(document);
    assertEquals(validateTrace(document), []);
  });
}

for (const { name, sample, mutate, code, at, also = [] } of BAD_TRACES) {
  Deno.test(`validateTrace() finds ${name}`, () => {
    const document = structuredClone(
      SAMPLES.get(sample ?? "allowed_with_retry"),
    );
    mutate(document);
    const findings = validateTrace(document);
    assertEquals(codesOf(findings), [code, ...also]);
    assertEquals(findings[0]?.path, locate(document, at));
  });
}

const BAD_TEXTS = [
  { name: "an empty text", text: "", code: "json_syntax", path: "$" },
  { name: "a cut-off text", text: '{"a": [', code: "json_syntax", path: "$" },
  { name: "a comment", text: "{} // fine", code: "json_syntax", path: "$" },
  {
    name: "a byte order mark within the text",
    text: "{\ufeff}",
    code: "json_syntax",
    path: "$",
  },
  {
    name: "a duplicate key",
    text: '{"a": 1, "a": 1}',
    code: "json_duplicate_key",
    path: "a",
  },
  {
    name: "a duplicate key that is escaped",
    text: String.raw`{"kind": 1, "k\u0069nd": 1}`,
    code: "json_duplicate_key",
    path: "kind",
  },
  {
    name: "a duplicate key far inside",
    text: String
      .raw`{"a": {"b": "}\""}, "c": [[], {}, {"d": "d", "e" : 1, "d" :2}]}`,
    code: "json_duplicate_key",
    path: "c[2].d",
  },
  {
    name: "a duplicate key that is not an identifier",
    text: '[{"x y": {"x y": 1}, "x y": 2}]',
    code: "json_duplicate_key",
    path: '[0]["x y"]',
  },
];

for (const { name, text, code, path } of BAD_TEXTS) {
  Deno.test(`validateTraceText() finds ${name}`, () => {
    const [first, ...others] = validateTraceText(text);
    assertEquals({ code: first?.code, path: first?.path }, { code, path });
    const again = others.filter((finding) => finding.code === code);
    assertEquals(again, []);
  });
}

Deno.test("validateTraceText() takes a byte order mark and lines that end with CR LF", () => {
  const text = JSON.stringify(allowed, null, 2).replaceAll("\n", "\r\n");
  assertEquals(validateTraceText(`\ufeff${text}\r\n`), []);
});

Deno.test("validateTraceText() finds a duplicate key in a whole trace", () => {
  const text = JSON.stringify(allowed)
    .replace('"kind":3', '"kind":3,"kind":3');
  assertEquals(validateTraceText(text), [{
    code: "json_duplicate_key",
    path: "resourceSpans[0].scopeSpans[0].spans[1].kind",
    message: "The object already has this key",
  }]);
});

Deno.test("validateTraceText() takes equal keys of different objects and strings for no duplicates", () => {
  const text = '{"a": {"a": "a"}, "b": ["a", "a", {"a": 1}, {"a": 1}]}';
  const codes = codesOf(validateTraceText(text));
  assertEquals(codes.includes("json_duplicate_key"), false);
});

Deno.test("every finding code has a case and a meaning", () => {
  const tested = new Set([...BAD_TRACES, ...BAD_TEXTS].map(({ code }) => code));
  assertEquals([...tested].sort(), Object.keys(TRACE_FINDING_CODES).sort());
  for (const [code, meaning] of Object.entries(TRACE_FINDING_CODES)) {
    assertMatch(code, /^[a-z]+(_[a-z]+)*$/);
    assert(meaning.length > 0);
  }
});

Deno.test("validateTrace() says once what is wrong in many places", () => {
  const spans = allowed.resourceSpans[0]?.scopeSpans[0]?.spans ?? [];
  const twoTraces = structuredClone(allowed);
  all(
    ...spans.slice(0, 3).map((_, index) =>
      put(`spans[${index}].traceId`, "5b8efff798038103d269b633813fc60d")
    ),
  )(twoTraces);
  assertEquals(validateTrace(twoTraces), [{
    code: "trace_id_mixed",
    path: "resourceSpans[0].scopeSpans[0].spans[0].traceId",
    message:
      "Differs from 5b8efff798038103d269b633813fc60c, which most spans have (and 2 more places)",
  }]);
});

for (
  const { count, end } of [
    { count: 10, end: / is not in the contract$/ },
    { count: 25, end: / \(and 15 more findings like it\)$/ },
  ]
) {
  Deno.test(`validateTrace() lists ten of ${count} findings of one code`, () => {
    const document = structuredClone(allowed);
    for (let index = 0; index < count; index++) {
      const value = { boolValue: true };
      attribute("spans[0]", { key: `agent.extra_${index}`, value })(document);
    }
    const findings = validateTrace(document);
    assertEquals(codesOf(findings), Array(10).fill("attribute_unknown"));
    assertMatch(findings[8]?.message ?? "", / is not in the contract$/);
    assertMatch(findings[9]?.message ?? "", end);
  });
}

for (
  const { value, shown } of [
    { value: {}, shown: "an object" },
    { value: [], shown: "an array" },
    { value: null, shown: "null" },
    { value: undefined, shown: "nothing" },
    { value: 6, shown: "6" },
    { value: "SERVER", shown: '"SERVER"' },
    { value: "x".repeat(61), shown: `"${"x".repeat(60)}…"` },
  ]
) {
  Deno.test(`validateTrace() shows a bad value as ${shown}`, () => {
    const document = structuredClone(allowed);
    put("spans[0].kind", value)(document);
    assertEquals(validateTrace(document), [{
      code: "kind_invalid",
      path: "resourceSpans[0].scopeSpans[0].spans[0].kind",
      message: `Must be an integer from 1 to 5, is ${shown}`,
    }]);
  });
}

/** Calls `visit` once for every member of every object and array below. */
function eachMember(
  value: unknown,
  visit: (parent: object, key: string) => void,
): void {
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value)) {
    visit(value, key);
    eachMember(Reflect.get(value, key), visit);
  }
}

function nested(depth: number): unknown {
  let value: unknown = "core";
  for (let level = 0; level < depth; level++) {
    value = level % 2 === 0 ? [value] : { arrayValue: { values: value } };
  }
  return value;
}

/** Values that are wrong at every place of a trace. */
const NEVER_GOOD: readonly unknown[] = [
  null,
  {},
  [null],
  -1,
  "\udc00",
  JSON.parse('{"__proto__": null, "constructor": 1, "toString": []}'),
  nested(10_000),
];

const REPLACEMENTS: readonly unknown[] = [
  ...NEVER_GOOD,
  true,
  0,
  2,
  1.5,
  "",
  "1",
  [],
];

for (const [name, sample] of SAMPLES) {
  Deno.test(`validateTrace() survives any change to ${name}`, () => {
    const document = structuredClone(sample);
    const judge = () => {
      const findings = validateTrace(document);
      for (const { code, path, message } of findings) {
        assert(Object.hasOwn(TRACE_FINDING_CODES, code), code);
        assert(path !== "" && message !== "");
      }
      return findings.length;
    };
    eachMember(document, (parent, key) => {
      const original: unknown = Reflect.get(parent, key);
      for (const replacement of REPLACEMENTS) {
        Reflect.set(parent, key, replacement);
        const found = judge();
        assert(found > 0 || !NEVER_GOOD.includes(replacement), key);
      }
      Reflect.deleteProperty(parent, key);
      judge();
      Reflect.set(parent, key, original);
    });
    assertEquals(validateTrace(document), []);
  });
}

for (const value of [...REPLACEMENTS, undefined, "x".repeat(1_000_000)]) {
  Deno.test(`validateTrace() finds something in ${typeof value} ${JSON.stringify(value)?.slice(0, 30)}`, () => {
    assert(validateTrace(value).length > 0);
  });
}

Deno.test("validateTraceText() survives a text that is nested very deep", () => {
  const depth = 200_000;
  const text = '{"a":['.repeat(depth) + "]}".repeat(depth);
  assertEquals(codesOf(validateTraceText(text)), [
    "unknown_key",
    "missing_key",
  ]);
});
