import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { z } from "../../deps.ts";
import { InputError } from "../../tools/data/input_error.ts";
import { readYaml } from "./read_yaml.ts";

const step = z.strictObject({
  tool: z.string(),
  args: z.optional(z.strictObject({ top_k: z.optional(z.int()) })),
});
const schema = z.strictObject({
  name: z.string(),
  mode: z.optional(z.enum(["fast", "slow"])),
  script: z.optional(z.array(step)),
});

function read(text: string) {
  return readYaml(text, "task.yaml", schema);
}

function failure(text: string): InputError {
  try {
    read(text);
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error("the text was accepted");
}

Deno.test("readYaml() returns what fits the schema", () => {
  assertEquals(
    read("# note\nname: 'a: b'\nscript:\n  - tool: x\n    args: {top_k: 3}\n"),
    { name: "a: b", script: [{ tool: "x", args: { top_k: 3 } }] },
  );
});

Deno.test("readYaml() takes words for words, not for dates or truth", () => {
  const text = "name: 2001-01-01\nscript: [{tool: yes}, {tool: Off}]";
  assertEquals(read(text), {
    name: "2001-01-01",
    script: [{ tool: "yes" }, { tool: "Off" }],
  });
});

const PROBLEMS = [
  {
    what: "an empty text",
    text: "",
    want: "task.yaml: expected object, found nothing",
  },
  {
    what: "a word",
    text: "hello",
    want: 'task.yaml: expected object, found string "hello"',
  },
  {
    what: "a list",
    text: "- a",
    want: "task.yaml: expected object, found a list",
  },
  {
    what: "a mapping in place of a word",
    text: "name:\n  a: 1",
    want: "task.yaml:1: name: expected string, found a mapping",
  },
  {
    what: "a number in place of a word",
    text: "name: 5",
    want: "task.yaml:1: name: expected string, found number 5",
  },
  {
    what: "infinity in place of a word",
    text: "name: .inf",
    want: "task.yaml:1: name: expected string, found number Infinity",
  },
  {
    what: "truth in place of a word",
    text: "\nname: true",
    want: "task.yaml:2: name: expected string, found boolean true",
  },
  {
    what: "a missing key",
    text: "mode: fast",
    want: "task.yaml: name: missing; expected string",
  },
  {
    what: "a missing key of an item",
    text: "name: a\nscript:\n  - tool: x\n  - args: {}",
    want: "task.yaml:4: script[1].tool: missing; expected string",
  },
  {
    what: "an unknown key",
    text: "name: a\nnmae: b",
    want: 'task.yaml:2: unknown key "nmae"',
  },
  {
    what: "two unknown keys",
    text: "name: a\nb: 1\nc: 1",
    want: 'task.yaml:2: unknown keys "b", "c"',
  },
  {
    what: "an unknown key of an item",
    text: "name: a\nscript:\n  - tool: x\n    agrs: {}",
    want: 'task.yaml:4: script[0]: unknown key "agrs"',
  },
  {
    what: "another word than is listed",
    text: "name: a\nmode: warp",
    want: 'task.yaml:2: mode: expected "fast" or "slow", found "warp"',
  },
  {
    what: "no word where some are listed",
    text: "name: a\nmode:",
    want: 'task.yaml:2: mode: expected "fast" or "slow", found null',
  },
  {
    what: "a fraction",
    text: "name: a\nscript:\n  - tool: x\n    args:\n      top_k: 1.5",
    want: "task.yaml:5: script[0].args.top_k: expected int, found number 1.5",
  },
  {
    what: "a value in a flow collection over two lines",
    text: "name: a\nscript:\n  - {tool: x,\n     args: {top_k: x}}",
    want:
      'task.yaml:4: script[0].args.top_k: expected number, found string "x"',
  },
  {
    what: "Windows line ends",
    text: "name: a\r\nmode: warp\r\n",
    want: 'task.yaml:2: mode: expected "fast" or "slow", found "warp"',
  },
  {
    what: "a key twice",
    text: "name: a\nmode: fast\nname: b",
    want: "task.yaml:3: Cannot store mapping pair: duplicated key",
  },
  {
    what: "a key twice in an item",
    text: "name: a\nscript:\n  - tool: x\n    tool: y",
    want: "task.yaml:4: Cannot store mapping pair: duplicated key",
  },
  {
    what: "an open bracket",
    text: "name: a\nscript: [\n",
    want:
      "task.yaml:3: Cannot read flow collection: unexpected end of the stream within a flow collection",
  },
  {
    what: "an unknown alias",
    text: "name: *a",
    want: 'task.yaml:1: Cannot read alias: unidentified alias "a"',
  },
  {
    what: "a tag of JavaScript",
    text: "name: !!js/function f",
    want:
      "task.yaml:1: Cannot resolve unknown tag !<tag:yaml.org,2002:js/function>",
  },
  {
    what: "a merge key",
    text: "name: a\n<<: {mode: fast}",
    want: 'task.yaml:2: unknown key "<<"',
  },
  {
    what: "two documents",
    text: "name: a\n---\nname: b",
    want:
      "task.yaml: Found more than 1 document in the stream: expected a single document",
  },
];

for (const { what, text, want } of PROBLEMS) {
  Deno.test(`readYaml() refuses ${what}`, () => {
    assertEquals(failure(text).message, want);
  });
}

Deno.test("readYaml() reports every problem of a document", () => {
  const error = failure(
    "mode: warp\nscript:\n  - tool: 1\n  - tool: x\n    y: 1",
  );
  assertEquals(error.source, "task.yaml");
  assertEquals(error.problems, [
    { path: "name", line: undefined, message: "missing; expected string" },
    {
      path: "mode",
      line: 1,
      message: 'expected "fast" or "slow", found "warp"',
    },
    {
      path: "script[0].tool",
      line: 3,
      message: "expected string, found number 1",
    },
    { path: "script[1]", line: 5, message: 'unknown key "y"' },
  ]);
});

Deno.test("readYaml() keeps the parser's error as the cause", () => {
  const { cause } = failure("name: *a");
  assertInstanceOf(cause, SyntaxError);
});

Deno.test("readYaml() refuses a tab as indentation, but not in JSON", () => {
  assertEquals(
    failure("name: a\n\tmode: fast\n").message,
    "task.yaml:2: a line is indented with a tab; YAML wants spaces",
  );
  assertEquals(read('{\n\t"name": "a",\n\t"mode": "fast"\n}\n'), {
    name: "a",
    mode: "fast",
  });
});

Deno.test("readYaml() refuses aliases that stand for more than can be looked at", () => {
  const lists = Array.from({ length: 12 }, (_, index) => {
    const items = index === 0 ? "x" : `*a${index - 1}`;
    return `a${index}: &a${index} [${new Array(10).fill(items).join(", ")}]`;
  });
  assertEquals(failure(lists.join("\n")).message, TOO_MANY);
});

Deno.test("readYaml() refuses a document that contains itself", () => {
  assertEquals(failure("name: &a [*a]").message, TOO_MANY);
});

const TOO_MANY =
  "task.yaml: it has more than 1000000 values, aliases written out";

const anything = z.strictObject({ a: z.unknown() });

for (
  const { text, want } of [
    {
      text: "a: 010",
      want:
        "t.yaml:1: a: one reader of YAML finds 8 here, another 10; quote a text, and write a number in plain decimal digits",
    },
    { text: "a:\n  - 1\n  - 0o10", want: "t.yaml:3: a[1]: one reader of YAML" },
    { text: "a: {b: 1_000}", want: "t.yaml:1: a.b: one reader of YAML" },
    { text: "a: 0b1", want: 'finds 1 here, another the text "0b1"' },
    { text: "a: 08", want: 'finds the text "08" here, another 8' },
    { text: "a: -0", want: "finds 0 here, another -0" },
    { text: "a: -0x3", want: "t.yaml:1: a: one reader of YAML" },
    {
      text: "a: 1\n\tb: 2",
      want: "t.yaml:2: a line is indented with a tab; YAML wants spaces",
    },
    { text: "a: x\u0007", want: "t.yaml:1: Stream contains non-printable" },
    { text: "a: 'x\u0000'", want: "t.yaml:1: " },
    { text: "a: 1\n---\na: 1", want: "Found more than 1 document" },
    { text: "a: 1\na: 1", want: "t.yaml:2: Cannot store mapping pair: dup" },
    { text: "{a: {b: 1, b: 1}}", want: "duplicated key" },
    { text: `a: ${"[".repeat(1500)}${"]".repeat(1500)}`, want: "t.yaml" },
  ]
) {
  Deno.test(`readYaml() refuses ${JSON.stringify(text.slice(0, 40))}`, () => {
    assertThrows(() => readYaml(text, "t.yaml", anything), InputError, want);
  });
}

for (
  const { text, a } of [
    { text: "a: Q & A", a: "Q & A" },
    { text: "a: [see *.md, stop !]", a: ["see *.md", "stop !"] },
    { text: "a: &x [1]", a: [1] },
    { text: "a: [&x b, *x]", a: ["b", "b"] },
    { text: "\ufeffa: 1", a: 1 },
    { text: "a: 1\r\n", a: 1 },
    { text: "a: |\r\n  x\r\n  y\r\n", a: "x\ny\n" },
    { text: "a: [\n1,\n]", a: [1] },
    { text: "a: 1.50", a: 1.5 },
    { text: "a: 1e1", a: 10 },
    { text: "a: 0x3", a: 3 },
    { text: "a: .nan", a: NaN },
    { text: "a: 12:30:00", a: "12:30:00" },
    { text: "a: ~", a: null },
    { text: "a:", a: null },
    { text: "a: on", a: "on" },
    { text: "a: {__proto__: 1}", a: JSON.parse('{"__proto__":1}') },
    { text: 'a: "\\x41\\u00e9\\\n  b"', a: "Aéb" },
    { text: "a: 'it''s'", a: "it's" },
    { text: "a: x\n\n  y\n  z", a: "x\ny z" },
    { text: "a: >+\n  x\n  y\n\n", a: "x y\n\n" },
    { text: "%YAML 1.2\n---\na: 1\n...", a: 1 },
  ]
) {
  Deno.test(`readYaml() finds one value in ${JSON.stringify(text)}`, () => {
    assertEquals(readYaml(text, "t.yaml", anything), { a });
  });
}
