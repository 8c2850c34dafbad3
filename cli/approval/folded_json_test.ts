import { assert, assertEquals } from "@std/assert";
import type { Json } from "../../tools/data/json.ts";
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

Deno.test("foldedJson() shows the head and the end of each of many arguments", () => {
  for (const count of [11, 20, 40, 66]) {
    const args = Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `k${index}`,
        `<${index}:${"x".repeat(5000)}:${index}>`,
      ]),
    );
    const text = foldedJson(args);
    assert(text.length < 6500, `${text.length}`);
    for (const index of Array(count).keys()) {
      assert(text.includes(`"k${index}":"<${index}:x`), `head of ${index}`);
      assert(text.includes(`x:${index}>"`), `end of ${index}`);
    }
  }
});

Deno.test("foldedJson() leaves short arguments whole beside long ones", () => {
  const text = foldedJson({
    first: "y".repeat(260),
    ...Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [`k${index}`, "x".repeat(9000)]),
    ),
    mode: "delete everything",
    list: Array.from({ length: 3000 }, (_, index) => `value ${index}`),
    last: true,
  });
  assert(text.startsWith(`{"first":"${"y".repeat(260)}","k0":"xxx`));
  assert(text.includes(',"mode":"delete everything","list":["value 0",'));
  assert(text.endsWith('"value 2999"],"last":true}'), text.slice(-60));
});

Deno.test("foldedJson() says how many there are of what is too many", () => {
  const values = Array.from({ length: 2000 }, (_, index) => `value ${index}`);
  for (
    const { text, kind, end } of [
      {
        text: foldedJson([...values, "the end"]),
        kind: "values",
        end: '"the end"]',
      },
      {
        text: foldedJson({
          ...Object.fromEntries(values.map((key) => [key, key.repeat(900)])),
          end: "the end",
        }),
        kind: "arguments",
        end: '"end":"the end"}',
      },
    ]
  ) {
    assert(text.length < 6500, `${text.length}`);
    assert(text.endsWith(end), text.slice(-40));
    const [, left] =
      new RegExp(`,\\\\{… (\\d+) of 2001 ${kind} …},`).exec(text) ??
        [];
    assert(Number(left) > 1500, text);
    const shown = text.match(/"value \d+(?:"[:,\]])/g) ?? [];
    assertEquals(shown.length + 1, 2001 - Number(left));
  }
});

Deno.test("foldedJson() cuts no escape, no fold and no character in two", () => {
  for (
    const unit of ["\\", '"', "\u0001", "😀", " ".repeat(9) + "a", "\\{…}"]
  ) {
    for (const shift of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) {
      const args = Object.fromEntries(
        Array.from({ length: 30 }, (_, index) => [
          `k${index}`,
          "x".repeat(shift) + unit.repeat(300),
        ]),
      );
      const text = foldedJson(args);
      assert(text.isWellFormed());
      // Without its folds it is JSON: no backslash belongs to a fold by mistake.
      const plain = text.replaceAll(
        /\\[^{]|\\\{[^}]*\}/g,
        (match) => match.startsWith("\\{") ? "" : match,
      );
      assertEquals(Object.keys(JSON.parse(plain)).length, 30);
    }
  }
});
