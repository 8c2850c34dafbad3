import { assert, assertEquals } from "@std/assert";
import { z } from "../deps.ts";
import {
  type Schema,
  type SchemaResult,
  standardSchema,
} from "../tools/schema.ts";
import type { ToolDefinition } from "../tools/tool.ts";
import { readArguments } from "./arguments.ts";

const LIMITS = { max_bytes: 65_536, max_depth: 32 };

function tool(args: Schema<unknown>): ToolDefinition {
  return { name: "tool", description: "", effects: {}, args };
}

/** A schema of another vendor that answers what it is told to answer. */
function answering(
  result: SchemaResult<unknown> | Promise<SchemaResult<unknown>>,
): Schema<unknown> {
  return {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: () => result,
      jsonSchema: { input: () => ({}) },
    },
  };
}

const STRICT = tool(standardSchema(z.strictObject({
  path: z.string().check(z.minLength(1)),
  limit: z.optional(z.int().check(z.maximum(100))),
  filter: z.optional(z.strictObject({ tags: z.array(z.string()) })),
})));

Deno.test("readArguments() returns what fits the schema, in canonical form too", () => {
  assertEquals(
    readArguments(' {"path":"a", "limit":1e1} ', STRICT, LIMITS),
    {
      ok: true,
      value: { path: "a", limit: 10 },
      canonical: '{"limit":10,"path":"a"}',
    },
  );
});

for (
  const text of [
    '{"path":"a","limit":1}',
    '{"limit":1.0,"path":"a"}',
    '{ "limit" : 10e-1 , "path" : "\\u0061" }',
  ]
) {
  Deno.test(`readArguments() finds ${text} equal to its other spellings`, () => {
    assertEquals(
      readArguments(text, STRICT, LIMITS).canonical,
      '{"limit":1,"path":"a"}',
    );
  });
}

const UNFIT = [
  {
    text: '{"path":""}',
    path: "path",
    reason: "Too small: expected string to have >=1 characters",
  },
  {
    text: "{}",
    path: "path",
    reason: "Invalid input: expected string, received undefined",
  },
  {
    text: '{"path":1}',
    path: "path",
    reason: "Invalid input: expected string, received number",
  },
  {
    text: '{"path":"a","limit":"1"}',
    path: "limit",
    reason: "Invalid input: expected number, received string",
  },
  {
    text: '{"path":"a","limit":true}',
    path: "limit",
    reason: "Invalid input: expected number, received boolean",
  },
  {
    text: '{"path":"a","limit":null}',
    path: "limit",
    reason: "Invalid input: expected number, received null",
  },
  {
    text: '{"path":"a","limit":1.5}',
    path: "limit",
    reason: "Invalid input: expected int, received number",
  },
  {
    text: '{"path":"a","limit":101}',
    path: "limit",
    reason: "Too big: expected number to be <=100",
  },
  {
    text: '{"path":"a","Path":"b"}',
    path: "",
    reason: 'Unrecognized key: "Path"',
  },
  {
    text: '{"path":"a","filter":{"tags":["x",1]}}',
    path: "filter.tags[1]",
    reason: "Invalid input: expected string, received number",
  },
  {
    text: "[]",
    path: "",
    reason: "Invalid input: expected object, received array",
  },
  {
    text: "null",
    path: "",
    reason: "Invalid input: expected object, received null",
  },
];

for (const { text, path, reason } of UNFIT) {
  Deno.test(`readArguments() refuses ${text} and keeps what it said`, () => {
    const args = readArguments(text, STRICT, LIMITS);
    assertEquals({ ...args, canonical: "" }, {
      ok: false,
      value: JSON.parse(text),
      canonical: "",
      reason,
      path,
    });
  });
}

Deno.test("readArguments() gives the canonical form of what does not fit", () => {
  assertEquals(
    readArguments('{"path":"a", "limit":1e3}', STRICT, LIMITS).canonical,
    '{"limit":1000,"path":"a"}',
  );
});

Deno.test("readArguments() takes text that is not JSON as it is", () => {
  assertEquals(readArguments("{oops", STRICT, LIMITS), {
    ok: false,
    value: undefined,
    canonical: "{oops",
    reason: "the text is not JSON",
    path: "",
  });
});

Deno.test("readArguments() hides the value of a text that readers disagree about", () => {
  assertEquals(readArguments('{"path":"a","path":"b"}', STRICT, LIMITS), {
    ok: false,
    value: undefined,
    canonical: '{"path":"a","path":"b"}',
    reason: 'the key "path" comes twice',
    path: "path",
  });
});

Deno.test("readArguments() shows the other rules a value with a NUL character", () => {
  assertEquals(readArguments('{"path":"a\\u0000"}', STRICT, LIMITS), {
    ok: false,
    value: { path: "a\0" },
    canonical: '{"path":"a\\u0000"}',
    reason: "a string has a NUL character",
    path: "path",
  });
});

for (
  const { what, limits, reason } of [
    {
      what: "max_bytes",
      limits: { max_bytes: 11, max_depth: 32 },
      reason: "the text is larger than 11 bytes",
    },
    {
      what: "max_depth",
      limits: { max_bytes: 99, max_depth: 1 },
      reason: "the text is nested deeper than 1 levels",
    },
  ]
) {
  Deno.test(`readArguments() obeys ${what}`, () => {
    const args = readArguments('{"path":[""]}', STRICT, limits);
    assertEquals("reason" in args && args.reason, reason);
  });
}

Deno.test("readArguments() refuses every argument of a tool that does not exist", () => {
  assertEquals(readArguments('{"b":1,"a":2}', undefined, LIMITS), {
    ok: false,
    value: { b: 1, a: 2 },
    canonical: '{"a":2,"b":1}',
    reason: "there is no such tool, so no schema",
    path: "",
  });
});

for (const answer of [null, undefined, { issues: [{}] }, { issues: [null] }]) {
  Deno.test(`readArguments() refuses a schema that answers ${JSON.stringify(answer)}`, () => {
    const nonsense = tool(answering({ value: {} }));
    Object.defineProperty(nonsense.args["~standard"], "validate", {
      value: () => answer,
    });
    const { ok } = readArguments("{}", nonsense, LIMITS);
    assertEquals(ok, false);
  });
}

Deno.test("readArguments() refuses what a schema throws over", () => {
  const broken = tool({
    ...answering({ value: {} }),
    "~standard": {
      ...answering({ value: {} })["~standard"],
      validate() {
        throw new Error("A bug in a schema");
      },
    },
  });
  assertEquals(readArguments("{}", broken, LIMITS), {
    ok: false,
    value: {},
    canonical: "{}",
    reason: "the tool's schema cannot judge them",
    path: "",
  });
});

Deno.test("readArguments() refuses a schema that does not answer at once", () => {
  const late = tool(answering(Promise.resolve({ value: {} })));
  assertEquals(readArguments("{}", late, LIMITS), {
    ok: false,
    value: {},
    canonical: "{}",
    reason: "the tool's schema cannot answer at once",
    path: "",
  });
});

Deno.test("readArguments() refuses what a schema finds fault with and cannot say why", () => {
  assertEquals(readArguments("{}", tool(answering({ issues: [] })), LIMITS), {
    ok: false,
    value: {},
    canonical: "{}",
    reason: "the arguments do not fit the schema",
    path: "",
  });
});

const circular: { self?: unknown } = {};
circular.self = circular;

for (
  const { what, value } of [
    { what: "undefined", value: undefined },
    { what: "a function", value: () => 1 },
    { what: "a bigint", value: { n: 1n } },
    { what: "a circle", value: circular },
  ]
) {
  Deno.test(`readArguments() refuses a schema that yields ${what}`, () => {
    assertEquals(readArguments("{}", tool(answering({ value })), LIMITS), {
      ok: false,
      value: {},
      canonical: "{}",
      reason: "the tool's schema does not yield JSON",
      path: "",
    });
  });
}

Deno.test("readArguments() returns what the schema made of the arguments", () => {
  const trimming = tool(answering({
    value: { path: "in.txt", at: new Date(0), gone: undefined },
  }));
  assertEquals(readArguments('{"path":" in.txt "}', trimming, LIMITS), {
    ok: true,
    value: { path: "in.txt", at: "1970-01-01T00:00:00.000Z" },
    canonical: '{"at":"1970-01-01T00:00:00.000Z","path":"in.txt"}',
    isRewritten: true,
  });
});

Deno.test("readArguments() returns a copy that the schema's owner cannot change", () => {
  const value = { path: "in.txt" };
  const args = readArguments("{}", tool(answering({ value })), LIMITS);
  value.path = "../out.txt";
  assertEquals(args.value, { path: "in.txt" });
});

for (const text of ['{"path":"a","filter":{"tags":["x"]}}', '{"path":[{}]}']) {
  Deno.test(`readArguments() freezes every level of ${text}`, () => {
    const open: unknown[] = [readArguments(text, STRICT, LIMITS).value];
    for (const value of open) {
      assert(Object.isFrozen(value));
      if (typeof value === "object" && value !== null) {
        open.push(...Object.values(value));
      }
    }
    assertEquals(open.length > 2, true);
  });
}

for (
  const { what, path, want } of [
    { what: "keys", path: ["filter", "tags"], want: "filter.tags" },
    { what: "indexes", path: ["tags", 2, "name"], want: "tags[2].name" },
    { what: "segments", path: [{ key: "tags" }, { key: 0 }], want: "tags[0]" },
    { what: "symbols", path: [Symbol("x")], want: "Symbol(x)" },
    { what: "no path", path: undefined, want: "" },
  ]
) {
  Deno.test(`readArguments() spells a path of ${what} as ${JSON.stringify(want)}`, () => {
    const issues = [{ message: "wrong", path }];
    const args = readArguments("{}", tool(answering({ issues })), LIMITS);
    assertEquals("path" in args && args.path, want);
  });
}

Deno.test("readArguments() keeps its answer small, however much a model wrote", () => {
  const keys = Array.from({ length: 4000 }, (_, index) => `"k${index}":1`);
  const args = readArguments(`{"path":"a",${keys}}`, STRICT, LIMITS);
  const reason = args.ok ? "" : args.reason;
  assertEquals(reason.slice(0, 29), 'Unrecognized keys: "k0", "k1"');
  assertEquals([reason.length, reason.at(-1)], [501, "…"]);
});

Deno.test("readArguments() keeps the path of its answer small and well-formed", () => {
  const key = "k".repeat(499) + "🔧";
  const text = `{"${key}":1,"${key}":2}`;
  const args = readArguments(text, STRICT, LIMITS);
  assertEquals("path" in args && args.path, `${"k".repeat(499)}\ufffd…`);
});
