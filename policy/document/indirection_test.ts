import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../tools/data/input_error.ts";
import { refuseIndirection } from "./indirection.ts";
import { yamlTree } from "./yaml_tree.ts";
import text from "../v1.yaml" with { type: "text" };

Deno.test("refuseIndirection() has nothing against the committed policy", () => {
  refuseIndirection(yamlTree(text), "p.yaml");
});

for (
  const fine of [
    "a: 10",
    "a: 0",
    "a: -1",
    'a: ["*.example.com", \'*.b.c\', 127.0.0.1:8080, "010"]',
    "# &a *b !c 010",
    "a: x # *b",
    "a: a&b*c!d",
    'a: "x \\" *b"',
    "a: 'it''s *b'",
    "a: 1.2.3.4",
    "a: v1_2",
    "a: Q & A",
    "a: see *.md",
    "a: stop !",
    "a: release 1.5",
    "a: 10.50 EUR",
    "a: in 010 days",
    "a: 99.99",
    "a: -0.5",
    "a: 1.0",
    "a: 9007199254740991",
    "a: it's\nb: let's",
    "a: 12:30 sharp",
    "a: 2001-01-01",
    "a: 10.0.0.0/8",
    "a: 1e",
    "a: |\n  &a *b !c 010\n  <<: x",
    "a: >-\n  *.md\n  0x3\n",
    "a: x\n  &a 010",
    'a: "x\n  *.md"',
    "a: ['&a', \"*b\", '!c', '010', \"<<\"]",
    "'010': x",
    "a: yes",
    "a: ~",
    "a: true",
    "a: [1, 2.5] # *x",
    "\ufeffa: 1\r\nb: 2\r\n",
    "--- # &a\na: 1\n...\n",
    "a: [\nb*c,\n]",
    "a: {\n  b: 1,\n}",
  ]
) {
  Deno.test(`refuseIndirection() has nothing against ${JSON.stringify(fine)}`, () => {
    refuseIndirection(yamlTree(fine), "p.yaml");
  });
}

for (
  const { odd, line } of [
    { odd: "a: !!str b", line: 1 },
    { odd: "a: !x b", line: 1 },
    { odd: "a:\n  - &x b", line: 2 },
    { odd: "a: [&x b]", line: 1 },
    { odd: "a: [b,*x]", line: 1 },
    { odd: "a: {b: *x}", line: 1 },
    { odd: "<<: *x", line: 1 },
    { odd: "&x a: b", line: 1 },
    { odd: "a: 'b\n  c'\nd: *x", line: 3 },
    { odd: "- *.example.com", line: 1 },
    { odd: "a: 010", line: 1 },
    { odd: "a: 1_000", line: 1 },
    { odd: "a: 0x10", line: 1 },
    { odd: "a: 0o10", line: 1 },
    { odd: "a: 0b1", line: 1 },
    { odd: "a: 1e3", line: 1 },
    { odd: "a: +010", line: 1 },
    { odd: "a: [1, 0_1]", line: 1 },
    { odd: "a: it's\nmax: 010\nb: that's", line: 2 },
    { odd: "a: it's\nmax: &x 1\nb: that's", line: 2 },
    { odd: "a: it's\nmax: *x\nb: that's", line: 2 },
    { odd: "a: it's\nmax: !!int 8\nb: that's", line: 2 },
    { odd: 'a: 5"\nmax: 0x3\nb: 6"', line: 2 },
    { odd: "a: |\n  it's\nb: 1e1\n", line: 3 },
    { odd: "a: # it's\n  010 # that's", line: 2 },
    { odd: "a:\n\n  010", line: 3 },
    { odd: '{"a":010}', line: 1 },
    { odd: "a: [\n  1,\n  010\n]", line: 3 },
    { odd: "a: &x\n  b: 1", line: 1 },
    { odd: "a: &x", line: 1 },
    { odd: "a: !", line: 1 },
    { odd: "a: !<tag:yaml.org,2002:str> b", line: 1 },
    { odd: "a:\r\n  - *.md\r\n", line: 2 },
    { odd: "a:\r  - *.md\r", line: 2 },
    { odd: "\ufeffa: 1\nb: 010", line: 2 },
    { odd: "a: 0o7", line: 1 },
    { odd: "a: 0X3", line: 1 },
    { odd: "a: -0x3", line: 1 },
    { odd: "a: 08", line: 1 },
    { odd: "a: -010", line: 1 },
    { odd: "a: 00", line: 1 },
    { odd: "a: 0_", line: 1 },
    { odd: "a: 1__0", line: 1 },
    { odd: "a: 1e1", line: 1 },
    { odd: "a: 1E+5", line: 1 },
    { odd: "a: 1.5e3", line: 1 },
    { odd: "a: 1e400", line: 1 },
    { odd: "a: +1", line: 1 },
    { odd: "a: .5", line: 1 },
    { odd: "a: 5.", line: 1 },
    { odd: "a: 00.5", line: 1 },
    { odd: "a: 1_0.5", line: 1 },
    { odd: "a: ._5", line: 1 },
    { odd: "a: -0", line: 1 },
    { odd: "a: -0.0", line: 1 },
    { odd: "a: .inf", line: 1 },
    { odd: "a: -.INF", line: 1 },
    { odd: "a: .NaN", line: 1 },
    { odd: "a: 12:30:00", line: 1 },
    { odd: "a: 1:30", line: 1 },
    { odd: "a: 9007199254740993", line: 1 },
    { odd: "010: x", line: 1 },
    { odd: "b: 1\n5: x", line: 2 },
    { odd: "1.5: x", line: 1 },
    { odd: "~: x", line: 1 },
    { odd: "null: x", line: 1 },
    { odd: "True: x", line: 1 },
    { odd: ": x", line: 1 },
    { odd: "a: 1\n? [b]\n: c", line: 2 },
    { odd: "{a: 1, [b]: c}", line: 1 },
    { odd: "{a: 1, {b: 2}: c}", line: 1 },
    { odd: "a: 1\n<<: {b: 2}", line: 2 },
    { odd: "%YAML 1.1\n---\na: 1", line: 1 },
    { odd: "# x\n%TAG ! tag:x,2000:\n---\na: 1", line: 2 },
  ]
) {
  Deno.test(`refuseIndirection() refuses ${JSON.stringify(odd)}`, () => {
    const error = assertThrows(
      () => refuseIndirection(yamlTree(odd), "p.yaml"),
      InputError,
    );
    assertEquals(error instanceof InputError && error.problems[0]?.line, line);
  });
}

for (
  const { odd, message } of [
    {
      odd: "a: &x b",
      message:
        "p.yaml:1: an anchor (&x) has no place in a policy; write each value out, or quote the text",
    },
    {
      odd: "- *.md",
      message:
        "p.yaml:1: an alias (*.md) has no place in a policy; if it is a text that begins with a star, quote it",
    },
    {
      odd: "a: !important x",
      message:
        "p.yaml:1: a tag (!important) changes what a value is; write the value itself, or quote the text",
    },
    {
      odd: "%YAML 1.1\n---\na: 1",
      message:
        "p.yaml:1: a directive (%YAML) changes how a policy is read; leave it out",
    },
    {
      odd: "<<: x",
      message:
        "p.yaml:1: a merge key (<<) has no place in a policy; write each key out",
    },
    { odd: "[a]: x", message: "p.yaml:1: a key has to be a text" },
    {
      odd: "5: x",
      message: "p.yaml:1: the key 5 is no text; quote it if it is meant",
    },
    {
      odd: "a: 010\nb: 0x3",
      message:
        `p.yaml:1: "010" is not spelled in plain decimal digits; if it is a text, quote it
p.yaml:2: "0x3" is not spelled in plain decimal digits; if it is a text, quote it`,
    },
  ]
) {
  Deno.test(`refuseIndirection() says what to do about ${JSON.stringify(odd)}`, () => {
    const error = assertThrows(
      () => refuseIndirection(yamlTree(odd), "p.yaml"),
      InputError,
    );
    assertEquals(error.message, message);
  });
}
