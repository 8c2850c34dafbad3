import { assert, assertEquals } from "@std/assert";
import type { Json } from "../tools/json.ts";
import { foldedJson } from "./folded_json.ts";

const PLAIN: readonly Json[] = [
  { path: "notes/a.md", content: "two\nlines", n: 1.5, list: [true, null] },
  "a b  c   d",
  [],
  {},
  "\\{40 spaces}",
  "x".repeat(400),
];

for (const value of PLAIN) {
  Deno.test(`foldedJson() writes ${JSON.stringify(value).slice(0, 60)} as JSON does`, () => {
    assertEquals(foldedJson(value), JSON.stringify(value));
  });
}

for (
  const { what, value, want } of [
    {
      what: "spaces",
      value: { cmd: `ls${" ".repeat(200)}; rm -rf ~` },
      want: '{"cmd":"ls\\{200 spaces}; rm -rf ~"}',
    },
    {
      what: "line feeds",
      value: `a${"\n".repeat(80)}b`,
      want: '"a\\{80 blanks}b"',
    },
    {
      what: "blanks of Unicode",
      value: `a${"\u2003\u00a0".repeat(4)}b`,
      want: '"a\\{8 blanks}b"',
    },
    ...["\u2800", "\ufffc", "\u{16fe4}", "\u{13441}", "\u{13442}", "\u{1d159}"]
      .map((sign) => ({
        what: `a blank sign, U+${sign.codePointAt(0)?.toString(16)},`,
        value: `a${`${sign} `.repeat(20)}b`,
        want: `"a\\{${20 * (sign.length + 1)} blanks}b"`,
      })),
    {
      what: "blanks in a key",
      value: { [`k${" ".repeat(9)}x`]: 1 },
      want: '{"k\\{9 spaces}x":1}',
    },
    {
      what: "a long text",
      value: `${"a".repeat(240)}${"b".repeat(1000)}${"c".repeat(120)}`,
      want: `"${"a".repeat(240)}\\{… 1000 of 1360 characters …}${
        "c".repeat(120)
      }"`,
    },
  ]
) {
  Deno.test(`foldedJson() folds ${what} and shows the end`, () => {
    assertEquals(foldedJson(value), want);
  });
}

Deno.test("foldedJson() shows the end of many short values", () => {
  const values = Array.from({ length: 2000 }, (_, index) => `value ${index}`);
  const text = foldedJson([...values, "the end"]);
  assert(text.length < 4000, `${text.length}`);
  assert(text.endsWith('"the end"]'), text.slice(-40));
  assert(/\\{… \d+ of \d+ characters …}/.test(text));
});
