import { assert, assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../tools/data/input_error.ts";
import { readToolDefinitions } from "./tool_definitions.ts";

const DRAFT_4 = "http://json-schema.org/draft-04/schema#";
const DRAFT_6 = "http://json-schema.org/draft-06/schema#";
const DRAFT_7 = "http://json-schema.org/draft-07/schema#";
const DRAFT_2019 = "https://json-schema.org/draft/2019-09/schema";
const DRAFT_2020 = "https://json-schema.org/draft/2020-12/schema";
const DIALECTS = [
  ...[DRAFT_4, DRAFT_6, DRAFT_7, DRAFT_2019, DRAFT_2020, undefined],
  ...[
    "http://json-schema.org/draft-07/schema",
    "http://json-schema.org/schema#",
  ],
  "https://json-schema.org/draft-07/schema#",
];

function tool(input_schema: object) {
  const text = JSON.stringify([{ name: "t", input_schema }]);
  const found = readToolDefinitions(text, "tools.json").tools.get("t");
  if (found === undefined) throw new Error("There is no such tool");
  return found;
}

/** What is wrong with a value; nothing when it fits. */
function wrong(schema: object, value: unknown): string | undefined {
  const result = tool(schema).args["~standard"].validate(value);
  if (result instanceof Promise) throw new Error("It answers at once");
  return result.issues?.[0]?.message;
}

for (const $schema of DIALECTS) {
  const dialect = $schema === undefined ? {} : { $schema };
  Deno.test(`readToolDefinitions() takes schemas of ${$schema ?? "no dialect"}`, () => {
    const schema = {
      ...dialect,
      type: "object",
      properties: { path: { type: "string" }, next: { $ref: "#" } },
      required: ["path"],
    };
    assertEquals(wrong(schema, { path: "a" }), undefined);
    assertEquals(wrong(schema, { path: "a", next: { path: "b" } }), undefined);
    assertEquals(wrong(schema, { path: 1 }), "must be string");
    assertEquals(wrong(schema, { path: "a", extra: 1 }), 'unknown key "extra"');
  });
}

/** What dialects spell otherwise, and how it comes out. */
const SPELLINGS: readonly {
  readonly what: string;
  readonly schema: object;
  readonly good: readonly unknown[];
  readonly bad: readonly unknown[];
}[] = [
  {
    what: "exclusive limits of draft-04",
    schema: {
      $schema: DRAFT_4,
      properties: {
        n: { minimum: 0, exclusiveMinimum: true, maximum: 9 },
        m: { maximum: 5, exclusiveMaximum: false, exclusiveMinimum: true },
      },
    },
    good: [{ n: 1 }, { n: 9 }, { m: 5 }],
    bad: [{ n: 0 }, { n: 10 }, { m: 6 }],
  },
  {
    what: "id of draft-04",
    schema: {
      $schema: DRAFT_4,
      id: "https://a.test/tool.json#",
      properties: { a: { $ref: "#/definitions/a" }, b: { $ref: "b.json" } },
      definitions: {
        a: { type: "string" },
        b: { id: "b.json", type: "integer" },
      },
    },
    good: [{ a: "x", b: 1 }],
    bad: [{ a: 1 }, { b: "x" }],
  },
  {
    what: "an anchor of draft-07",
    schema: {
      $schema: DRAFT_7,
      properties: { a: { $ref: "#text" } },
      definitions: { a: { $id: "#text", type: "string" } },
    },
    good: [{ a: "x" }],
    bad: [{ a: 1 }],
  },
  {
    what: "tuples before 2020-12",
    schema: {
      $schema: DRAFT_7,
      properties: {
        t: {
          type: "array",
          items: [{ type: "string" }, { type: "integer" }],
          additionalItems: false,
        },
        u: { $ref: "#/properties/t/items/1" },
      },
    },
    good: [{ t: ["a", 1] }, { u: 1 }],
    bad: [{ t: [1] }, { t: ["a", 1, 2] }, { u: "a" }],
  },
  {
    what: "tuples that say no dialect",
    schema: { properties: { t: { items: [{ type: "string" }] } } },
    good: [{ t: ["a", 1] }],
    bad: [{ t: [1] }],
  },
  {
    what: "additionalItems without a tuple, which say nothing",
    schema: {
      $schema: DRAFT_7,
      properties: { t: { items: { type: "string" }, additionalItems: false } },
    },
    good: [{ t: ["a", "b"] }],
    bad: [{ t: [1] }],
  },
  {
    what: "dependencies",
    schema: {
      $schema: DRAFT_7,
      properties: { a: {}, b: {}, c: {} },
      dependencies: { a: ["b"], c: { required: ["a"] } },
    },
    good: [{ b: 1 }, { a: 1, b: 1 }],
    bad: [{ a: 1 }, { c: 1 }],
  },
  {
    what: "a recursive reference of 2019-09",
    schema: {
      $schema: DRAFT_2019,
      $recursiveAnchor: true,
      type: "object",
      properties: { child: { $recursiveRef: "#" }, n: { type: "integer" } },
    },
    good: [{ child: { child: { n: 1 } } }],
    bad: [{ child: { child: { n: "x" } } }],
  },
  {
    what: "allOf at the root",
    schema: {
      $schema: DRAFT_7,
      allOf: [
        { type: "object", properties: { a: { type: "string" } } },
        { $ref: "#/definitions/b" },
      ],
      definitions: { b: { properties: { b: { type: "integer" } } } },
    },
    good: [{ a: "x", b: 1 }, {}],
    bad: [{ a: 1 }, { b: "x" }, { c: 1 }],
  },
  {
    what: "a reference at the root",
    schema: {
      $ref: "#/$defs/in~1put%20",
      $defs: { "in/put ": { properties: { a: { type: "string" } } } },
    },
    good: [{ a: "x" }],
    bad: [{ a: 1 }, { b: 1 }],
  },
  {
    what: "what servers add",
    schema: {
      $schema: DRAFT_7,
      properties: {
        a: { type: "string", nullable: true, "x-order": 1, example: "b" },
        b: { nullable: true, format: "uuid", default: { $id: "x" } },
      },
      additionalProperties: false,
      strict: true,
    },
    good: [{ a: null }, { a: "x", b: 1 }],
    bad: [{ a: 1 }, { c: 1 }],
  },
  {
    what: "properties that are named like keywords",
    schema: {
      $schema: DRAFT_4,
      properties: {
        id: { type: "string" },
        $ref: { type: "string" },
        items: { type: "array" },
        dependencies: { type: "object" },
        $schema: { type: "string" },
      },
    },
    good: [{ id: "x", $ref: "https://a.test/", items: [], dependencies: {} }],
    bad: [{ id: 1 }, { $ref: 1 }, { items: 1 }, { dependencies: 1 }],
  },
  {
    what: "extra keys that the schema allows",
    schema: { additionalProperties: { type: "string" } },
    good: [{ any: "x" }],
    bad: [{ any: 1 }],
  },
  {
    what: "patterns that are not legal under u",
    schema: {
      properties: {
        a: { pattern: "^[\\w-.]+$" },
        b: { pattern: "^ftp\\:" },
        c: { pattern: "(?i)^yes$" },
      },
      patternProperties: { "^x\\-": { type: "integer" } },
    },
    good: [{ a: "a-b.c", b: "ftp://x", c: "YES", "x-1": 1 }],
    bad: [{ a: "a b" }, { b: "http" }, { c: "no" }, { "x-1": "a" }, { x1: 1 }],
  },
];

for (const { what, schema, good, bad } of SPELLINGS) {
  Deno.test(`readToolDefinitions() understands ${what}`, () => {
    for (const value of good) {
      assertEquals(wrong(schema, value), undefined, JSON.stringify(value));
    }
    for (const value of bad) {
      assert(wrong(schema, value) !== undefined, JSON.stringify(value));
    }
  });
}

const REFUSED: readonly {
  readonly what: string;
  readonly schema: object;
  readonly reason: string;
}[] = [
  {
    what: "look-ahead",
    schema: { properties: { a: { pattern: "^(?=.*x)" } } },
    reason:
      'its pattern "^(?=.*x)" is not one of RE2, which searches without backtracking: look-ahead and look-behind are not supported',
  },
  {
    what: "back-references in names of properties",
    schema: { patternProperties: { "(a)\\1": {} } },
    reason:
      'its pattern "(a)\\\\1" is not one of RE2, which searches without backtracking: back-references are not supported',
  },
  {
    what: "a pattern that is too large",
    schema: { properties: { a: { pattern: "(.{1000}|x){1000}" } } },
    reason:
      'its pattern "(.{1000}|x){1000}" is not one of RE2, which searches without backtracking: invalid repeat count: `{1000}`',
  },
  {
    what: "a remote reference",
    schema: { properties: { a: { $ref: "https://evil.test/a.json#/x" } } },
    reason:
      'its reference "https://evil.test/a.json#/x" leads out of it, where nothing is looked up',
  },
  {
    what: "a reference to a file",
    schema: { properties: { a: { $ref: "common.json" } } },
    reason:
      'its reference "common.json" leads out of it, where nothing is looked up',
  },
  {
    what: "a reference to nothing",
    schema: { properties: { a: { $ref: "#/$defs/a" } } },
    reason: 'its reference "#/$defs/a" leads to no schema',
  },
  {
    what: "a reference to what is data",
    schema: {
      const: { $ref: "#/const" },
      properties: { a: { $ref: "#/const" } },
    },
    reason: 'its reference "#/const" leads to no schema',
  },
  {
    what: "an unknown dialect",
    schema: { $schema: "http://json-schema.org/draft-03/schema#" },
    reason:
      'its "$schema" is "http://json-schema.org/draft-03/schema#"; expected JSON Schema draft-04, -06, -07, 2019-09 or 2020-12',
  },
  {
    what: "too many schemas",
    schema: { allOf: Array.from({ length: 2001 }, () => ({})) },
    reason: "it has more than 2000 schemas",
  },
  {
    what: "what is nested too deep",
    schema: JSON.parse(`${'{"not":'.repeat(200)}{}${"}".repeat(200)}`),
    reason: "it is nested deeper than 100 schemas",
  },
];

for (const { what, schema, reason } of REFUSED) {
  Deno.test(`readToolDefinitions() refuses ${what}, and that tool alone`, () => {
    const { tools, refused } = readToolDefinitions(
      JSON.stringify([
        { name: "bad", input_schema: schema },
        { name: "good", inputSchema: { type: "object" } },
      ]),
      "tools.json",
    );
    assertEquals([...tools.keys()], ["good"]);
    assertEquals(refused, [{
      name: "bad",
      reason: `Cannot use the input_schema of the tool "bad": ${reason}`,
    }]);
  });
}

/** Arguments as deep as a policy lets them be. */
function nested(depth: number): unknown {
  return depth === 0 ? "x" : { a: nested(depth - 1) };
}

const branch = (key: string) => ({
  allOf: [{ properties: { a: { $ref: "#/$defs/n" } } }, { required: [key] }],
});

/** What would take for ever, or the square of its length, to look at. */
const HEAVY: readonly {
  readonly what: string;
  readonly schema: object;
  readonly value: unknown;
  readonly message: string;
}[] = [
  {
    what: "branches at each level",
    schema: {
      properties: { a: { $ref: "#/$defs/n" } },
      $defs: { n: { anyOf: [branch("b"), branch("c"), { type: "number" }] } },
    },
    value: nested(31),
    message: "the schema cannot be checked within its budget",
  },
  {
    what: "references that double",
    schema: {
      $ref: "#/$defs/d0",
      $defs: Object.fromEntries(
        Array.from({ length: 40 }, (_, at) => {
          const next = { $ref: `#/$defs/d${(at + 1) % 40}` };
          return [`d${at}`, at === 39 ? {} : { allOf: [next, next] }];
        }),
      ),
    },
    value: {},
    message: "the schema cannot be checked within its budget",
  },
  {
    what: "a reference to itself",
    schema: { allOf: [{ $ref: "#" }] },
    value: {},
    message: "the schema leads to itself",
  },
  {
    what: "many items against many choices",
    schema: {
      properties: {
        a: {
          contains: {
            anyOf: Array.from({ length: 99 }, (_, at) => ({ const: at })),
          },
        },
      },
    },
    value: { a: Array.from({ length: 20_000 }, () => "x") },
    message: "the schema cannot be checked within its budget",
  },
  {
    what: "a pattern that backtracks",
    schema: { properties: { a: { pattern: "^(a+)+$" } } },
    value: { a: `${"a".repeat(60_000)}!` },
    message: 'must match pattern "^(a+)+$"',
  },
  {
    what: "one in the names of properties",
    schema: { patternProperties: { "^(a+)+$": {} } },
    value: { [`${"a".repeat(60_000)}!`]: 1 },
    message: `unknown key "${"a".repeat(60_000)}!"`,
  },
  {
    what: "one for the names of properties",
    schema: {
      propertyNames: { pattern: "^(a|a)*b" },
      additionalProperties: true,
    },
    value: { ["a".repeat(60_000)]: 1 },
    message: 'must match pattern "^(a|a)*b"',
  },
  {
    what: "a large pattern, often",
    schema: {
      properties: { a: { items: { pattern: "^[a-y]{0,1000}z?" } } },
    },
    value: { a: Array.from({ length: 1000 }, () => "a".repeat(99)) },
    message:
      'the pattern "^[a-y]{0,1000}z?" cannot be checked within its budget',
  },
];

for (const { what, schema, value, message } of HEAVY) {
  Deno.test(`readToolDefinitions() bounds the steps of ${what}`, () => {
    assertEquals(wrong(schema, value), message);
  });
}

Deno.test("readToolDefinitions() gives each call a budget of its own", () => {
  const { args } = tool({
    properties: { a: { items: { pattern: "^[a-y]{0,1000}$" } } },
  });
  const value = { a: Array.from({ length: 300 }, () => "a".repeat(99)) };
  for (let call = 0; call < 5; call++) {
    assertEquals(args["~standard"].validate(value), { value });
  }
});

const GOOD = { name: "good", inputSchema: { type: "object" } };

for (
  const { what, text } of [
    {
      what: "the result of tools/list",
      text: JSON.stringify({ tools: [GOOD] }),
    },
    {
      what: "one with a cursor and metadata",
      text: JSON.stringify({ tools: [GOOD], nextCursor: "x", _meta: {} }),
    },
    {
      what: "all that a server says of a tool",
      text: JSON.stringify([{
        ...GOOD,
        title: "Good",
        description: "",
        annotations: { readOnlyHint: true },
        outputSchema: { $ref: "https://evil.test/" },
        execution: { taskSupport: "forbidden" },
        icons: [{ src: "data:," }],
        _meta: { x: 1 },
      }]),
    },
    { what: "a byte order mark", text: `\ufeff${JSON.stringify([GOOD])}` },
    {
      what: "lines that end with CR LF",
      text: JSON.stringify([GOOD], null, 2).replaceAll("\n", "\r\n") + "\r\n",
    },
  ]
) {
  Deno.test(`readToolDefinitions() takes ${what}`, () => {
    const { tools, refused } = readToolDefinitions(text, "tools.json");
    assertEquals([[...tools.keys()], refused], [["good"], []]);
    assertEquals(tools.get("good")?.effects, {});
  });
}

for (
  const { what, tools, refused } of [
    {
      what: "a tool without a schema",
      tools: [{ name: "bad" }],
      refused: [{
        name: "bad",
        reason: "0: expected input_schema or inputSchema",
      }],
    },
    {
      what: "a tool with two",
      tools: [{ ...GOOD, name: "bad", input_schema: {} }],
      refused: [{
        name: "bad",
        reason: "0: expected input_schema or inputSchema",
      }],
    },
    {
      what: "a misspelled key",
      tools: [{ ...GOOD, name: "bad", effect: {} }],
      refused: [{ name: "bad", reason: '0: Unrecognized key: "effect"' }],
    },
    {
      what: "an entry that is not a tool",
      tools: [1],
      refused: [{
        name: undefined,
        reason: "0: Invalid input: expected object, received number",
      }],
    },
    {
      what: "an effect that names nothing",
      tools: [{ ...GOOD, name: "bad", effects: { reads: ["path"] } }],
      refused: [{
        name: "bad",
        reason:
          'Cannot register the tool "bad": its effect names "path", which is not an argument of it',
      }],
    },
    {
      what: "two of one name, whichever can be used",
      tools: [{ ...GOOD, name: "bad" }, { name: "bad" }],
      refused: [
        { name: "bad", reason: "1: expected input_schema or inputSchema" },
        {
          name: "bad",
          reason: 'Cannot register the tool "bad": the name is taken',
        },
      ],
    },
  ]
) {
  Deno.test(`readToolDefinitions() refuses ${what}, and leaves the others`, () => {
    const file = readToolDefinitions(JSON.stringify([...tools, GOOD]), "x");
    assertEquals([[...file.tools.keys()], file.refused], [["good"], refused]);
  });
}

Deno.test("readToolDefinitions() keeps schemas of one identifier apart", () => {
  const inputSchema = (type: string) => ({
    $id: "https://a.test/tool.json",
    properties: { a: { $ref: "a.json" } },
    $defs: { a: { $id: "a.json", type } },
  });
  const { tools, refused } = readToolDefinitions(
    JSON.stringify([
      { name: "text", inputSchema: inputSchema("string") },
      { name: "number", inputSchema: inputSchema("number") },
      { name: "none", inputSchema: { $ref: "https://a.test/tool.json" } },
    ]),
    "tools.json",
  );
  assertEquals(refused.map(({ name }) => name), ["none"]);
  const fits = (name: string, a: unknown) =>
    "value" in Object(tools.get(name)?.args["~standard"].validate({ a }));
  assertEquals(
    [
      fits("text", "x"),
      fits("text", 1),
      fits("number", 1),
      fits("number", "x"),
    ],
    [true, false, true, false],
  );
});

Deno.test("readToolDefinitions() finds the argument of an effect where a schema has it", () => {
  const { refused } = readToolDefinitions(
    JSON.stringify([{
      name: "copy",
      effects: { reads: ["from"], writes: ["to"], fetches: ["url"] },
      inputSchema: {
        allOf: [{ properties: { from: {} } }, { $ref: "#/definitions/to" }],
        anyOf: [{ properties: { url: {} } }, { $ref: "#" }],
        definitions: { to: { properties: { to: {} } } },
      },
    }]),
    "tools.json",
  );
  assertEquals(refused, []);
});

for (const text of ["{}", "1", '{"tools":{}}', "null"]) {
  Deno.test(`readToolDefinitions() refuses ${text} as a whole`, () => {
    assertThrows(
      () => readToolDefinitions(text, "tools.json"),
      InputError,
      'tools.json: expected a list of tools, or an object that has one as "tools"',
    );
  });
}
