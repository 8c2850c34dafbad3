import { assertEquals } from "@std/assert";
import { quoted } from "../../tools/data/untrusted_text.ts";
import { escalationSchema } from "./escalation.ts";
import { type FirstCondition as Condition, holds } from "./first_conditions.ts";

const CASES: readonly {
  readonly when: Omit<Condition, "argument">;
  readonly value: unknown;
  readonly want: boolean;
}[] = [
  { when: { equals: "a" }, value: "a", want: true },
  { when: { equals: "a" }, value: "A", want: false },
  { when: { equals: "1" }, value: 1, want: true },
  { when: { equals: 1 }, value: 1, want: true },
  { when: { equals: 1 }, value: 2, want: false },
  { when: { equals: true }, value: false, want: false },
  { when: { equals: true }, value: undefined, want: true },
  { when: { starts_with: "notes/" }, value: "notes/a", want: true },
  { when: { starts_with: "notes/" }, value: "a/notes/", want: false },
  { when: { starts_with: "notes/" }, value: ["notes/"], want: true },
  { when: { contains: "@" }, value: "a@b", want: true },
  { when: { contains: "@" }, value: "ab", want: false },
  { when: { contains: "@" }, value: undefined, want: true },
  { when: { greater_than: 10 }, value: 11, want: true },
  { when: { greater_than: 10 }, value: 10, want: false },
  { when: { greater_than: 10 }, value: "9", want: true },
  { when: { longer_than: 2 }, value: "abc", want: true },
  { when: { longer_than: 2 }, value: "ab", want: false },
  { when: { longer_than: 2 }, value: [1, 2, 3], want: true },
  { when: { longer_than: 2 }, value: { length: 1 }, want: true },
];

for (const { when, value, want } of CASES) {
  Deno.test(`holds() says ${want} of ${JSON.stringify(value)} with ${JSON.stringify(when)}`, () => {
    assertEquals(holds(when, value), want);
  });
}

for (
  const wrong of [
    { tools: [], reason: "r" },
    { tools: [""], reason: "r" },
    { tools: ["write"], reason: "" },
    { tools: ["write"] },
    { tools: ["write"], reason: "r", when: [] },
    { tools: ["write"], reason: "r", when: [{ argument: "path" }] },
    {
      tools: ["write"],
      reason: "r",
      when: [{ argument: "path", equals: "a", contains: "b" }],
    },
    { tools: ["write"], reason: "r", when: [{ equals: "a" }] },
    { tools: ["write"], reason: "r", unless: [] },
  ]
) {
  Deno.test(`escalationSchema refuses ${JSON.stringify(wrong)}`, () => {
    assertEquals(escalationSchema.safeParse(wrong).success, false);
  });
}

for (
  const { when, why } of [
    {
      when: { starts_with: "https://b\u00fccher.example" },
      why:
        'expected the end of the host, or a host in ASCII: "https://xn--bcher-kva.example/"',
    },
    {
      when: { starts_with: "https://me@a.example" },
      why:
        'expected the end of the host, or a host in ASCII: "https://a.example/"',
    },
    { when: { starts_with: "https://a b/" }, why: "no URL is spelled so" },
    { when: { starts_with: "https:///?x" }, why: "no URL is spelled so" },
    {
      when: { starts_with: "https://a.example:99999/" },
      why: "no URL is spelled so",
    },
    { when: { equals: "https://" }, why: "no URL is spelled so" },
    { when: { equals: "HTTP://[::1/" }, why: "no URL is spelled so" },
    {
      when: { starts_with: "https://*.example/" },
      why: 'the host of a URL has no "*"; write the host as it is',
    },
    {
      when: { equals: "https://*" },
      why: 'the host of a URL has no "*"; write the host as it is',
    },
    {
      when: { starts_with: "https://*" },
      why: 'the host of a URL has no "*"; write the host as it is',
    },
  ]
) {
  Deno.test(`escalationSchema says why no URL matches ${JSON.stringify(when)}`, () => {
    const { error } = escalationSchema.safeParse({
      tools: ["fetch"],
      reason: "r",
      when: [{ argument: "url", ...when }],
    });
    const [text = ""] = Object.values(when);
    const [key = ""] = Object.keys(when);
    assertEquals(
      error?.issues.map(({ path, message }) => ({ path, message })),
      [
        {
          path: ["when", 0, key],
          message: `${quoted(text)} can match no URL: ${why}`,
        },
      ],
    );
  });
}

for (
  const when of [
    { starts_with: "https://" },
    { starts_with: "https:/" },
    { starts_with: "https://a.exam" },
    { starts_with: "https://[2001:db8:" },
    { starts_with: "https://b\u00fccher.example/" },
    { starts_with: "https://a.example/x/../admin/" },
    { equals: "https:" },
    { equals: "https://a.example" },
    { starts_with: "https: the scheme of a secure page" },
    { starts_with: "*.md" },
    { contains: "https://*" },
  ]
) {
  Deno.test(`escalationSchema takes ${JSON.stringify(when)}`, () => {
    const given = {
      tools: ["fetch"],
      reason: "r",
      when: [{ argument: "url", ...when }],
    };
    assertEquals(escalationSchema.safeParse(given).success, true);
  });
}
