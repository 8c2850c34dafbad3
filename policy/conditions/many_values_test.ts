import { assertEquals } from "@std/assert";
import { proposed } from "../../tests/proposal.ts";
import type { Json } from "../../tools/data/json.ts";
import type { Effects } from "../../tools/tool.ts";
import { standardSchema } from "../../tools/schema.ts";
import { z } from "../../deps.ts";
import type { Condition, ItemCondition } from "./condition.ts";
import { judgeOf } from "./judge.ts";
import { agreed, all, any, type Truth } from "./truth.ts";

function truthOf(when: Condition, x: Json, effects: Effects = {}): Truth {
  const args = { x };
  return judgeOf(proposed({
    tool: {
      name: "tool",
      description: "",
      effects,
      args: standardSchema(z.unknown()),
    },
    args: { ok: true, value: args, canonical: JSON.stringify(args) },
    inspect: (path) => ({
      resolved: `<sandbox>/${path}`,
      inside: true,
      viaLink: false,
      dotdotAfterLink: false,
      special: false,
      hardLinked: false,
    }),
  })).truth(when);
}

const CONDITIONS: readonly ItemCondition[] = [
  { equals: "secret" },
  { not_equals: "secret" },
  { one_of: ["secret", "plain"] },
  { one_of: ["secret", 5] },
  { not_one_of: ["secret", "public"] },
  { starts_with: "sec" },
  { ends_with: "ret" },
  { contains: "ecre" },
  { contains: "e" },
  { matches: "secret" },
  { longer_than: 5 },
  { greater_than: 5 },
  { at_least: 5 },
  { less_than: 5 },
  { at_most: 5 },
  { equals: 5 },
];

const LISTS: readonly (readonly Json[])[] = [
  ["secret"],
  ["public"],
  ["SECRET"],
  ["s%65cret", "public"],
  ["public", "secret"],
  ["e\u0301"],
  ["public", 5],
  ["public", null],
  [5],
  [4, 5],
  [6, 7],
  [4, "5"],
  [true],
];

for (const condition of CONDITIONS) {
  Deno.test(`${JSON.stringify(condition)} is of many values what it is of each`, () => {
    for (const list of LISTS) {
      const many = Array.from({ length: 20 }, () => list).flat();
      const each = list.map((value) =>
        truthOf({ argument: "x", ...condition }, value)
      );
      assertEquals(
        [
          truthOf({ argument: "$.x[*]", ...condition }, many),
          truthOf({ argument: "x", each: condition }, many),
          truthOf({ argument: "x", some: condition }, many),
        ],
        [agreed(each), all(each), any(each)],
        JSON.stringify(list),
      );
    }
  });
}

Deno.test("a condition on any argument is of a long text what it is of a short one", () => {
  const filler = "y".repeat(2000);
  for (
    const { text, want } of [
      { text: "secret", want: true },
      { text: "SECRET", want: "unknown" },
      { text: "%73ecret", want: "unknown" },
      { text: "public", want: false },
    ] as const
  ) {
    const when: Condition = { argument: "x", contains: "secret" };
    assertEquals(truthOf(when, text), want);
    assertEquals(truthOf(when, `${filler}${text}${filler}`), want);
    // The key is another value, in which it is not found.
    assertEquals(
      truthOf({ any_argument: true, contains: "secret" }, `${filler}${text}`),
      want && "unknown",
    );
  }
});

Deno.test("many paths and many URLs are judged by what they stand for", () => {
  const paths = Array.from({ length: 20 }, () => "secret/a");
  const onPath = { argument: "$.x[*]", starts_with: "./secret/" };
  assertEquals(truthOf(onPath, paths), false);
  assertEquals(truthOf(onPath, paths, { reads: ["x"] }), "unknown");
  const urls = Array.from({ length: 20 }, () => "https://a.test/x/../admin");
  const onUrl = { argument: "x", each: { contains: "a.test/admin" } };
  assertEquals(truthOf(onUrl, urls), false);
  assertEquals(truthOf(onUrl, urls, { fetches: ["x"] }), "unknown");
});

Deno.test("operands that stand nowhere take few steps, however long the arguments are", () => {
  const long = "0123456789".repeat(6000);
  for (const subject of [{ any_argument: true }, { argument: "x" }] as const) {
    const conditions = Array.from({ length: 5 }, (_, first) => ({
      ...subject,
      one_of: Array.from({ length: 1000 }, (_, n) => `secret-${first}-${n}`),
    }));
    assertEquals(truthOf({ any: conditions }, long), false);
  }
});
