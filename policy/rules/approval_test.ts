import { assertEquals } from "@std/assert";
import { proposed } from "../../tests/proposal.ts";
import { writeTool } from "../../tools/write.ts";
import { approval } from "./approval.ts";
import type { FirstCondition as Condition } from "../conditions/first_conditions.ts";
import type { Ask } from "../rule.ts";

const FACTS = {
  inside: true,
  viaLink: false,
  dotdotAfterLink: false,
  special: false,
  hardLinked: false,
};

/** Nothing is written in a judgement. */
const NO_SANDBOX = {
  inspect: () => ({ ...FACTS, resolved: "" }),
  readText: () => Promise.reject(new Error("not here")),
  writeText: () => Promise.reject(new Error("not here")),
};

const RULE = approval([
  { tools: ["write", "send"], reason: "it leaves the house" },
  {
    tools: ["write"],
    when: [
      { argument: "path", starts_with: "public/" },
      { argument: "content", longer_than: 3 },
    ],
    reason: "it is public",
  },
]);

function call(name: string, value: Record<string, string>) {
  return RULE.opinion(
    proposed({ name, args: { ok: true, value, canonical: "" } }),
  );
}

Deno.test("approval() has its public id", () => {
  assertEquals(RULE.id, "approval");
});

Deno.test("approval() says nothing of other tools, and nothing without a list", () => {
  assertEquals(call("read", { path: "public/a" }), undefined);
  assertEquals(approval().opinion(proposed({ name: "write" })), undefined);
});

Deno.test("approval() names every entry whose conditions all hold", () => {
  const house = { clause: "escalate[0]", reason: "it leaves the house" };
  const seen = { clause: "escalate[1]", reason: "it is public" };
  const escalated = (...asks: readonly Ask[]) => ({
    effect: "escalate",
    asks,
    metadata: { tool: "write" },
  });
  assertEquals(
    call("write", { path: "public/a", content: "long" }),
    escalated(house, seen),
  );
  assertEquals(
    call("write", { path: "public/a", content: "abc" }),
    escalated(house),
  );
});

Deno.test("approval() asks about an argument that is missing, or only inherited", () => {
  const rule = approval([{
    tools: ["write"],
    when: [{ argument: "constructor", equals: "a" }],
    reason: "who knows",
  }]);
  for (const value of [null, {}, "a"]) {
    const args = { ok: true, value, canonical: "" } as const;
    const opinion = rule.opinion(proposed({ name: "write", args }));
    assertEquals(opinion?.effect, "escalate");
  }
});

const TOOL = {
  name: "write",
  description: "Write",
  effects: { writes: ["path"], fetches: ["url"] },
  args: writeTool(NO_SANDBOX).args,
};

/** What the rule says of a call whose path leads to `resolved`, under one condition. */
function effectOf(
  condition: Condition,
  { value, resolved }: { readonly value: string; readonly resolved: string },
) {
  const rule = approval([{
    tools: ["write"],
    when: [condition],
    reason: "there",
  }]);
  const args = {
    ok: true,
    value: { [condition.argument]: value },
    canonical: "",
  } as const;
  const inspect = () => ({ ...FACTS, resolved });
  return rule.opinion(proposed({ name: "write", tool: TOOL, args, inspect }))
    ?.effect;
}

for (
  const { argument, starts_with, value, resolved, asks } of [
    { value: "notes/a.md", resolved: "<sandbox>/notes/a.md", asks: true },
    { value: "./notes/a.md", resolved: "<sandbox>/notes/a.md", asks: true },
    { value: "a/../notes/a.md", resolved: "<sandbox>/notes/a.md", asks: true },
    { value: "link.md", resolved: "<sandbox>/notes/a.md", asks: true },
    { value: "/box/notes/a.md", resolved: "<sandbox>/notes/a.md", asks: true },
    { value: "notes/../b.md", resolved: "<sandbox>/b.md", asks: true },
    { value: "b.md", resolved: "<sandbox>/b.md", asks: false },
    { value: "b/notes/a.md", resolved: "<sandbox>/b/notes/a.md", asks: false },
    // In a path every character means itself.
    { value: "n%6ftes/a.md", resolved: "<sandbox>/n%6ftes/a.md", asks: false },
    { value: "notes%2fa.md", resolved: "<sandbox>/notes%2fa.md", asks: false },
    {
      value: "b;/notes/a.md",
      resolved: "<sandbox>/b;/notes/a.md",
      asks: false,
    },
    {
      value: ";x/notes/a.md",
      resolved: "<sandbox>/;x/notes/a.md",
      asks: false,
    },
    { value: "notes;x/a.md", resolved: "<sandbox>/notes;x/a.md", asks: false },
    { value: "Notes/a.md", resolved: "<sandbox>/Notes/a.md", asks: false },
  ].map((each) => ({ argument: "path", starts_with: "notes/", ...each }))
    .concat([
      { value: "https://A.example/b/../admin/x", asks: true },
      { value: "https://a.example:443/admin/x", asks: true },
      { value: "https://a.example/%61dmin/x", asks: true },
      { value: "https://a.example//admin/x", asks: true },
      { value: "https://a.example/admin/%ff", asks: true },
      { value: "https://a.example/x/..%2fadmin/y", asks: true },
      { value: "https://a.example/.%2fadmin/y", asks: true },
      { value: "https://a.example/%252e%252fadmin/y", asks: true },
      { value: "https://a.example/;/admin/y", asks: true },
      { value: "https://a.example/admin;z/y", asks: true },
      { value: "https://a.example/x/..;/admin/y", asks: true },
      { value: "https://a.example/x/..%5cadmin/y", asks: true },
      { value: "https://a.example/x/..%c0%afadmin/y", asks: true },
      { value: "https://a.example/x/..%u002fadmin/y", asks: true },
      { value: "https://a.example/%EF%BD%81dmin/y", asks: true },
      { value: "https://a.example/x", asks: false },
      { value: "https://a.example/administration/", asks: false },
      { value: "https://a.example/x/%61dmin/", asks: false },
    ].map((each) => ({
      argument: "url",
      starts_with: "https://a.example/admin/",
      resolved: "",
      ...each,
    })))
) {
  Deno.test(`approval() ${asks ? "asks" : "says nothing"} about ${value}`, () => {
    assertEquals(
      effectOf({ argument, starts_with }, { value, resolved }),
      asks ? "escalate" : undefined,
    );
  });
}

for (
  const { condition, value, resolved } of [
    {
      condition: { starts_with: "./notes/" },
      value: "notes/a",
      resolved: "<sandbox>/notes/a",
    },
    {
      condition: { equals: "docs/" },
      value: "docs",
      resolved: "<sandbox>/docs",
    },
    {
      condition: { equals: "/docs" },
      value: "docs",
      resolved: "<sandbox>/docs",
    },
    {
      condition: { equals: "https://a.example/admin" },
      value: "https://a.example/admin#x",
      resolved: "",
    },
    {
      condition: { equals: "https://a.example/admin" },
      value: "https://a.example/admin?",
      resolved: "",
    },
  ]
) {
  Deno.test(`approval() asks about ${value} where the policy says ${JSON.stringify(condition)}`, () => {
    const argument = resolved === "" ? "url" : "path";
    const effect = effectOf({ argument, ...condition }, { value, resolved });
    assertEquals(effect, "escalate");
  });
}
