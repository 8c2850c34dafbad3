import { assertEquals } from "@std/assert";
import { valueExcerpts } from "./excerpt.ts";

for (
  const { name, one, other, want } of [
    {
      name: "short ones whole",
      one: { a: 1 },
      other: null,
      want: ['{"a":1}', "null"],
    },
    {
      name: "nothing as nothing",
      one: undefined,
      other: "nothing",
      want: ["nothing", '"nothing"'],
    },
    {
      name: "what a terminal obeys as its number",
      one: "\u001b\n\u009b",
      other: "\u202e\u2028",
      want: ['"\\u001b\\n\\u{009b}"', '"\\u{202e}\\u{2028}"'],
    },
    {
      name: "long ones from shortly before they differ",
      one: `${"x".repeat(500)}yes${"z".repeat(500)}`,
      other: `${"x".repeat(500)}no`,
      want: [
        `…${"x".repeat(40)}yes${"z".repeat(157)}…`,
        `…${"x".repeat(40)}no"`,
      ],
    },
    {
      name: "a short one whole beside a long one",
      one: "x".repeat(300),
      other: "x",
      want: [`"${"x".repeat(199)}…`, '"x"'],
    },
  ]
) {
  Deno.test(`valueExcerpts() shows ${name}`, () => {
    assertEquals(valueExcerpts(one, other), want);
  });
}
