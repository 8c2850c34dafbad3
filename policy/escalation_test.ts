import { assertEquals } from "@std/assert";
import { type Condition, escalationSchema, holds } from "./escalation.ts";

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
