import { assertEquals } from "@std/assert";
import { proposed } from "../../tests/proposal.ts";
import type { Json } from "../../tools/data/json.ts";
import type { Effects } from "../../tools/tool.ts";
import { z } from "../../deps.ts";
import { standardSchema } from "../../tools/schema.ts";
import { NEW_RUN, type RunFacts } from "../run_facts.ts";
import type { Condition } from "./condition.ts";
import { judgeOf } from "./judge.ts";
import type { Truth } from "./truth.ts";

interface Case {
  readonly when: Condition;
  readonly args: Json;
  readonly want: Truth;
}

function truthOf(
  { when, args, effects = {}, places = {}, run = NEW_RUN }:
    & Omit<Case, "want">
    & {
      readonly effects?: Effects;
      readonly places?: Readonly<Record<string, string>>;
      readonly run?: RunFacts;
    },
): Truth {
  const proposal = proposed({
    tool: {
      name: "tool",
      description: "",
      effects,
      args: standardSchema(z.unknown()),
    },
    args: { ok: true, value: args, canonical: JSON.stringify(args) },
    run,
    inspect: (path) => ({
      resolved: places[path] ?? `<sandbox>/${path}`,
      inside: true,
      viaLink: false,
      dotdotAfterLink: false,
      special: false,
      hardLinked: false,
    }),
  });
  return judgeOf(proposal).truth(when);
}

const on = (given: Omit<Condition, "argument">): Condition => ({
  argument: "x",
  ...given,
});

const CASES: readonly Case[] = [
  // Equality is of the same type, in the same spelling.
  { when: on({ equals: "a" }), args: { x: "a" }, want: true },
  { when: on({ equals: "a" }), args: { x: "b" }, want: false },
  { when: on({ equals: "a" }), args: { x: "A" }, want: "unknown" },
  { when: on({ equals: "a" }), args: { x: "ａ" }, want: "unknown" },
  { when: on({ equals: "a" }), args: { x: "a\u200b" }, want: "unknown" },
  { when: on({ equals: "a" }), args: { x: "%61" }, want: "unknown" },
  { when: on({ equals: "5" }), args: { x: 5 }, want: "unknown" },
  { when: on({ equals: 5 }), args: { x: 5 }, want: true },
  { when: on({ equals: 5 }), args: { x: "5" }, want: "unknown" },
  { when: on({ equals: 5 }), args: { x: 6 }, want: false },
  { when: on({ equals: true }), args: { x: false }, want: false },
  { when: on({ equals: "a" }), args: {}, want: "unknown" },
  { when: on({ equals: "a" }), args: { x: ["a"] }, want: "unknown" },
  { when: on({ not_equals: "a" }), args: { x: "b" }, want: true },
  { when: on({ not_equals: "a" }), args: { x: "a" }, want: false },
  { when: on({ not_equals: "a" }), args: { x: "A" }, want: "unknown" },
  { when: on({ one_of: ["a", "b"] }), args: { x: "b" }, want: true },
  { when: on({ one_of: ["a", "b"] }), args: { x: "c" }, want: false },
  { when: on({ one_of: ["a", 5] }), args: { x: "c" }, want: "unknown" },
  { when: on({ not_one_of: ["a"] }), args: { x: "c" }, want: true },
  { when: on({ not_one_of: ["a"] }), args: {}, want: "unknown" },
  // Texts.
  { when: on({ starts_with: "ab" }), args: { x: "abc" }, want: true },
  { when: on({ ends_with: "bc" }), args: { x: "abc" }, want: true },
  { when: on({ ends_with: "bc" }), args: { x: "aBC" }, want: "unknown" },
  {
    when: on({ contains: "drop" }),
    args: { x: "DROP TABLE" },
    want: "unknown",
  },
  { when: on({ contains: "drop" }), args: { x: "select" }, want: false },
  { when: on({ contains: "../" }), args: { x: "%2e%2e%2f" }, want: "unknown" },
  { when: on({ matches: "^se" }), args: { x: "select" }, want: true },
  { when: on({ matches: "^se" }), args: { x: "drop" }, want: false },
  { when: on({ matches: "^se" }), args: { x: "s\u200be" }, want: "unknown" },
  { when: on({ matches: "^se" }), args: { x: 7 }, want: "unknown" },
  // Spellings that come one inside the other, and escapes beside broken ones.
  {
    when: on({ contains: "../" }),
    args: { x: "％2e％2e％2f" },
    want: "unknown",
  },
  {
    when: on({ contains: "../" }),
    args: { x: "%\u200b2e%2e%2f" },
    want: "unknown",
  },
  { when: on({ contains: "../" }), args: { x: "%ff ..%2f" }, want: "unknown" },
  { when: on({ contains: "../" }), args: { x: "%ff%2e./" }, want: "unknown" },
  {
    when: { any_argument: true, contains: "../" },
    args: { x: "..%2f", y: "%ff" },
    want: "unknown",
  },
  {
    when: on({ contains: "drop" }),
    args: { x: "select * from a where b like '%ab%'" },
    want: false,
  },
  { when: on({ matches: "secret" }), args: { x: "%73ecret" }, want: "unknown" },
  {
    when: on({ matches: "secret" }),
    args: { x: "s％65cret" },
    want: "unknown",
  },
  {
    when: on({ matches: "é" }),
    args: { x: "e\u200b\u0301" },
    want: "unknown",
  },
  {
    when: on({ more_characters_than: 3 }),
    args: { x: "a\u200b\u200b\u200b" },
    want: "unknown",
  },
  {
    when: on({ more_characters_than: 3 }),
    args: { x: "%61" + "%62" },
    want: "unknown",
  },
  { when: on({ fewer_characters_than: 7 }), args: { x: "Straße" }, want: true },
  // Numbers and sizes.
  { when: on({ at_most: 500 }), args: { x: 500 }, want: true },
  { when: on({ at_most: 500 }), args: { x: 500.01 }, want: false },
  { when: on({ at_most: 500 }), args: { x: "5" }, want: "unknown" },
  { when: on({ less_than: 5 }), args: { x: 5 }, want: false },
  { when: on({ at_least: 5 }), args: { x: 5 }, want: true },
  { when: on({ greater_than: 5 }), args: { x: 5 }, want: false },
  { when: on({ longer_than: 1 }), args: { x: "😀" }, want: true },
  { when: on({ more_characters_than: 1 }), args: { x: "😀" }, want: false },
  { when: on({ fewer_characters_than: 2 }), args: { x: [1] }, want: true },
  { when: on({ fewer_characters_than: 2 }), args: { x: 1 }, want: "unknown" },
  { when: on({ present: true }), args: { x: null }, want: true },
  { when: on({ present: true }), args: {}, want: false },
  { when: on({ present: false }), args: {}, want: true },
  // Lists say which items are meant.
  { when: on({ each: { at_most: 5 } }), args: { x: [1, 5] }, want: true },
  { when: on({ each: { at_most: 5 } }), args: { x: [1, 6] }, want: false },
  {
    when: on({ each: { at_most: 5 } }),
    args: { x: [1, "6"] },
    want: "unknown",
  },
  { when: on({ each: { at_most: 5 } }), args: { x: 5 }, want: "unknown" },
  { when: on({ some: { equals: "a" } }), args: { x: ["b", "a"] }, want: true },
  { when: on({ some: { equals: "a" } }), args: { x: ["b"] }, want: false },
  // Paths into the arguments.
  {
    when: { argument: "$.to[*]", domain: "example.com" },
    args: { to: ["a@example.com", "b@example.com"] },
    want: true,
  },
  {
    when: { argument: "$.to[*]", domain: "example.com" },
    args: { to: ["a@example.com", "b@example.net"] },
    want: "unknown",
  },
  {
    when: { argument: "$.to[*]", domain: "example.com" },
    args: { to: [] },
    want: "unknown",
  },
  // Anywhere.
  {
    when: { any_argument: true, contains: "secret" },
    args: { a: { b: ["x", "my secret"] } },
    want: "unknown",
  },
  {
    when: { any_argument: true, contains: "secret" },
    args: { secret_key: 1 },
    want: "unknown",
  },
  {
    when: { any_argument: true, contains: "secret" },
    args: { a: 1, b: "x" },
    want: false,
  },
  { when: { any_argument: true, contains: "secret" }, args: {}, want: false },
  {
    when: { any_argument: true, matches: String.raw`\b\d{13,16}\b` },
    args: { card: 4111111111111111 },
    want: "unknown",
  },
  {
    when: { any_argument: true, equals: 7 },
    args: { a: "7" },
    want: "unknown",
  },
  { when: { any_argument: true, at_most: 7 }, args: { a: 3 }, want: true },
  { when: { any_argument: true, at_most: 7 }, args: { a: "9" }, want: false },
  {
    when: { any_argument: true, at_most: 7 },
    args: { a: 3, b: "６" },
    want: "unknown",
  },
  {
    when: { any_argument: true, greater_than: 7 },
    args: { a: 3, b: "9e3" },
    want: "unknown",
  },
  {
    when: { any_argument: true, greater_than: 7 },
    args: { a: 3, b: "5", c: "nine", d: "" },
    want: false,
  },
  {
    when: { any_argument: true, at_most: 7 },
    args: { a: 3, b: "9" },
    want: "unknown",
  },
  {
    when: { any_argument: true, equals: true },
    args: { force: true },
    want: "unknown",
  },
  {
    when: { any_argument: true, one_of: ["yes", true] },
    args: { force: "true" },
    want: "unknown",
  },
  // Domains.
  {
    when: on({ domain: "example.com" }),
    args: { x: "EXAMPLE.com." },
    want: true,
  },
  {
    when: on({ domain: "*.example.com" }),
    args: { x: "a@b.example.com" },
    want: true,
  },
  {
    when: on({ domain: "*.example.com" }),
    args: { x: "example.com" },
    want: false,
  },
  {
    when: on({ domain: "example.com" }),
    args: { x: "a@example.com.evil.net" },
    want: false,
  },
  {
    when: on({ domain: "example.com" }),
    args: { x: "a@evil.net,b@example.com" },
    want: "unknown",
  },
  {
    when: on({ domain: "example.com" }),
    args: { x: '"a@evil.net" <b@example.com>' },
    want: "unknown",
  },
  ...[
    "0x7f.1",
    "2130706433",
    "evil.net/@example.com",
    "evil.net?@example.com",
    "evil.net#@example.com",
    "evil.net!user@example.com",
    "user%evil.net@example.com",
  ].map((x): Case => ({
    when: on({ domain: "example.com" }),
    args: { x },
    want: "unknown",
  })),
  // Combinations.
  {
    when: { any: [on({ equals: "a" }), on({ equals: "b" })] },
    args: { x: "b" },
    want: true,
  },
  {
    when: { all: [on({ equals: "a" }), on({ equals: "b" })] },
    args: { x: "b" },
    want: false,
  },
  {
    when: { any: [on({ equals: 1 }), on({ equals: "b" })] },
    args: { x: "c" },
    want: "unknown",
  },
  { when: { not: on({ equals: "a" }) }, args: {}, want: "unknown" },
  { when: { not: on({ equals: "a" }) }, args: { x: "b" }, want: true },
];

for (const { when, args, want } of CASES) {
  Deno.test(`${JSON.stringify(when)} is ${want} of ${JSON.stringify(args)}`, () => {
    assertEquals(truthOf({ when, args }), want);
  });
}

for (
  const { glob, place, want } of [
    { glob: "out/*.md", place: "<sandbox>/out/a.md", want: true },
    { glob: "out/*.md", place: "<sandbox>/out/b/a.md", want: false },
    { glob: "out/**", place: "<sandbox>/out/b/a.md", want: true },
    { glob: "out/**/*.md", place: "<sandbox>/out/a.md", want: true },
    { glob: "out/**", place: "<sandbox>/secret.md", want: false },
    { glob: "out/**", place: "<sandbox>/OUT/a.md", want: "unknown" },
    { glob: "out/*.md", place: "<sandbox>/out/Ａ.MD", want: "unknown" },
    { glob: "out/*.md", place: "<sandbox>/out/a%2fb.md", want: "unknown" },
    { glob: "out/*.md", place: "<sandbox>/out/Straße.md", want: true },
    { glob: "out/**", place: "/etc/passwd", want: "unknown" },
  ] as const
) {
  Deno.test(`glob ${glob} is ${want} of a path that leads to ${place}`, () => {
    const path = "out/../elsewhere";
    assertEquals(
      truthOf({
        when: { argument: "path", glob },
        args: { path },
        effects: { writes: ["path"] },
        places: { [path]: place },
      }),
      want,
    );
  });
}

Deno.test("a glob cannot be told of what is no path of the tool", () => {
  const when = { argument: "path", glob: "out/**" };
  assertEquals(truthOf({ when, args: { path: "out/a" } }), "unknown");
});

for (
  const { url, want } of [
    { url: "https://api.example.com/v1/users", want: true },
    { url: "https://api.example.com/v1/users?x=1", want: true },
    { url: "https://api.example.com/v2/users", want: false },
    { url: "https://api.example.com/v1/../admin", want: false },
    { url: "https://api.example.com/v1/%2e%2e/admin", want: false },
    { url: "https://api.example.com/v1/..%2fadmin", want: "unknown" },
    { url: "https://api.example.com/v1/..;/admin", want: "unknown" },
    { url: "https://api.example.com/V1/users", want: "unknown" },
    { url: "http://api.example.com/v1/users", want: "unknown" },
    { url: "https://api.example.com:8443/v1/users", want: "unknown" },
    { url: "https://docs.example.com\\@evil.net/", want: "unknown" },
    { url: "https:\\\\docs.example.com/", want: "unknown" },
    { url: "https:docs.example.com", want: "unknown" },
    { url: " https://docs.example.com/", want: "unknown" },
    { url: "https://docs.exa\tmple.com/", want: "unknown" },
    { url: "https://@docs.example.com/", want: "unknown" },
    { url: "https://docs.example.com./", want: "unknown" },
    { url: "https://docs.ex%61mple.com/", want: "unknown" },
    { url: "https://ⓓocs.example.com/", want: "unknown" },
    { url: "ftp://docs.example.com/", want: "unknown" },
    { url: "https://evil.net/v1/users", want: false },
    { url: "https://user@api.example.com/v1/users", want: "unknown" },
    { url: "api.example.com/v1/users", want: "unknown" },
    { url: "https://docs.example.com/anything", want: true },
  ] as const
) {
  Deno.test(`url is ${want} of ${url}`, () => {
    const when = {
      argument: "url",
      url: ["docs.example.com", "api.example.com/v1/*"],
    };
    const effects = { fetches: ["url"] };
    assertEquals(truthOf({ when, args: { url }, effects }), want);
  });
}

Deno.test("after and ran look at the run", () => {
  const run: RunFacts = {
    ...NEW_RUN,
    labels: new Map([["private", { call: 2, tool: "read" }]]),
    calls: (tools) => tools.includes("read") ? 2 : 0,
  };
  const truth = (when: Condition) => truthOf({ when, args: {}, run });
  assertEquals(truth({ after: "private" }), true);
  assertEquals(truth({ after: ["private", "untrusted"] }), false);
  assertEquals(truth({ ran: { tools: ["read"], at_least: 2 } }), true);
  assertEquals(truth({ ran: { tools: ["read"], at_least: 3 } }), false);
});

Deno.test("what takes too many steps is unknown", () => {
  const args = { x: "a".repeat(60_000) };
  const patterns = Array.from(
    { length: 16 },
    (_, index) => `(a|b${index}){100}z`,
  );
  const truths = new Set(
    patterns.map((matches) => on({ matches })).map((when) => when),
  );
  const proposal = proposed({
    args: { ok: true, value: args, canonical: "" },
  });
  const judge = judgeOf(proposal);
  const found = [...truths].map((when) => judge.truth(when));
  assertEquals(found.at(-1), "unknown");
});

for (
  const { when, path, want } of [
    { when: { starts_with: "./secret/" }, path: "secret/a", want: "unknown" },
    { when: { starts_with: "secret/" }, path: "secret", want: "unknown" },
    { when: { starts_with: "secret//" }, path: "secret/a", want: "unknown" },
    { when: { equals: "/secret/a" }, path: "secret/a", want: "unknown" },
    { when: { equals: "<sandbox>/secret" }, path: "secret", want: "unknown" },
    { when: { equals: "secret/" }, path: "secret", want: "unknown" },
    { when: { starts_with: "secret/" }, path: "secret/a", want: true },
    { when: { starts_with: "secret/" }, path: "notes/a", want: false },
    { when: { contains: "/" }, path: "a.md", want: false },
    { when: { ends_with: "/" }, path: "a.md", want: false },
    { when: { starts_with: "." }, path: "secret", want: false },
    { when: { starts_with: "." }, path: ".env", want: true },
  ] as const
) {
  Deno.test(`${JSON.stringify(when)} is ${want} of the place ${path}`, () => {
    const condition = { argument: "path", ...when };
    const effects = { reads: ["path"] };
    assertEquals(truthOf({ when: condition, args: { path }, effects }), want);
  });
}
