import { assertEquals } from "@std/assert";
import { yamlTree } from "./yaml_tree.ts";

function lineOf(text: string, path: readonly PropertyKey[]) {
  return yamlTree(text).lineOf(path);
}

const TEXT = `# a comment
name: canonical   # another

"quoted key": 1
'single': 2
limits:
  # name: not this one
  max_tokens: 5

# a comment that stands out
  nested:
    name: deep
flow: {a: 1,
  b: [1, 2]}
items:
  - first
  -
    key: second
  - tool: third
    args:
      - x
      - y
    more: 1
# another one
  - args:
      - z
    more: 2
  - args:
        deep: 1
    more: 3
  - args:
    more: 4
unindented:
- one
- name: two
  more: 3
- - inner
block: |
  name: in a text
  - item: in a text
after : 4
names: 5
`;

const CASES = [
  { path: [], want: undefined },
  { path: ["name"], want: 2 },
  { path: ["quoted key"], want: 4 },
  { path: ["single"], want: 5 },
  { path: ["limits"], want: 6 },
  { path: ["limits", "max_tokens"], want: 8 },
  { path: ["limits", "nested", "name"], want: 12 },
  { path: ["flow", "a"], want: 13 },
  { path: ["flow", "b", 1], want: 14 },
  { path: ["items"], want: 15 },
  { path: ["items", 0], want: 16 },
  { path: ["items", 1], want: 18 },
  { path: ["items", 1, "key"], want: 18 },
  { path: ["items", 2, "tool"], want: 19 },
  { path: ["items", 2, "args"], want: 20 },
  { path: ["items", 2, "args", 0], want: 21 },
  { path: ["items", 2, "args", 1], want: 22 },
  { path: ["items", 2, "more"], want: 23 },
  { path: ["items", 3, "args"], want: 25 },
  { path: ["items", 3, "args", 0], want: 26 },
  { path: ["items", 3, "more"], want: 27 },
  { path: ["items", 4, "args", "deep"], want: 29 },
  { path: ["items", 4, "more"], want: 30 },
  { path: ["unindented", 0], want: 34 },
  { path: ["unindented", 1, "name"], want: 35 },
  { path: ["unindented", 1, "more"], want: 36 },
  { path: ["unindented", 2], want: 37 },
  { path: ["block"], want: 38 },
  { path: ["after"], want: 41 },
  { path: ["names"], want: 42 },
] as const;

for (const { path, want } of CASES) {
  Deno.test(`yamlTree().lineOf() finds ${JSON.stringify(path)} on line ${want}`, () => {
    assertEquals(lineOf(TEXT, path), want);
  });
}

const PARENTS = [
  {
    what: "the whole for a key that is not there",
    path: ["nam"],
    want: undefined,
  },
  { what: "the parent of a missing key", path: ["limits", "name"], want: 6 },
  { what: "the parent of a missing item", path: ["items", 9], want: 15 },
  {
    what: "the first key of an item for a key that is missing below it",
    path: ["items", 5, "args", "more"],
    want: 31,
  },
  {
    what: "the parent of a missing key of an item",
    path: ["items", 2, "x"],
    want: 19,
  },
  { what: "no item of another list", path: ["limits", 0], want: 6 },
  {
    what: "the nearest parent of a longer path",
    path: ["limits", "a", "b"],
    want: 6,
  },
] as const;

for (const { what, path, want } of PARENTS) {
  Deno.test(`yamlTree().lineOf() finds ${what}`, () => {
    assertEquals(lineOf(TEXT, path), want);
  });
}

for (
  const { what, text, path, want } of [
    { what: "an empty text", text: "", path: ["a"], want: undefined },
    {
      what: "Windows line ends",
      text: "a: 1\r\nb:\r\n  c: 2\r\n",
      path: ["b", "c"],
      want: 3,
    },
    {
      what: "a key with a colon inside",
      text: "a:b: 1\na: 2",
      path: ["a"],
      want: 2,
    },
    {
      what: "a list at the top",
      text: "- a\n- b: 1\n  c: 2",
      path: [1, "c"],
      want: 3,
    },
    {
      what: "a symbol, which no text has",
      text: "a: 1",
      path: [Symbol("a")],
      want: undefined,
    },
  ]
) {
  Deno.test(`yamlTree().lineOf() copes with ${what}`, () => {
    assertEquals(lineOf(text, path), want);
  });
}

Deno.test("yamlTree() gives brackets that close at the left edge their indentation", () => {
  const text = "a: [\nb,\n'c\nd',\n]\ne: {\n  f: 1\n}\ng: 2\n";
  const tree = yamlTree(text);
  assertEquals(tree.value, {
    ok: true,
    value: { a: ["b", "c d"], e: { f: 1 }, g: 2 },
  });
  assertEquals(
    [["a", 1], ["e", "f"], ["g"]].map((path) => tree.lineOf(path)),
    [3, 7, 9],
  );
});

for (
  const { what, text, want } of [
    {
      what: "a syntax error",
      text: "a: 1\nb: [1\n",
      want: [3, "unexpected end of the stream within a flow collection"],
    },
    {
      what: "an alias that leads nowhere",
      text: "a: 1\nb: *x",
      want: [2, 'unidentified alias "x"'],
    },
    {
      what: "deep nesting",
      text: "[".repeat(2000) + "]".repeat(2000),
      want: [1, "nesting exceeded maxDepth (1000)"],
    },
    {
      what: "more lines at the left edge than are put right",
      text: `a: [\n${"b,\n".repeat(300)}]`,
      want: [202, "deficient indentation"],
    },
  ]
) {
  Deno.test(`yamlTree() says where it finds ${what}`, () => {
    const [line, message] = want;
    assertEquals(yamlTree(text).value, { ok: false, line, message });
  });
}
