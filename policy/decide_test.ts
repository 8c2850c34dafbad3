import { assertEquals, assertStrictEquals } from "@std/assert";
import type { Answer } from "./answer.ts";
import { decide } from "./decide.ts";
import type { Opinion, Proposal, Rule, RuleId } from "./rule.ts";
import { proposed } from "../tests/proposal.ts";

const PROPOSAL: Proposal = proposed();

function rule(id: RuleId, opinion: Opinion | undefined): Rule {
  return { id, opinion: () => opinion };
}

const silent = rule("cycle_detection", undefined);
const allow = rule("url_allowlist", {
  effect: "allow",
  metadata: { host: "a.test" },
});
const alsoAllow = rule("sandbox_path", {
  effect: "allow",
  metadata: { target_path: "in.txt" },
});
const escalate = rule("url_allowlist", {
  effect: "escalate",
  reason: "ask first",
  metadata: { host: "b.test" },
});
const alsoEscalate = rule("sandbox_path", {
  effect: "escalate",
  reason: "ask too",
  metadata: {},
});
const deny = rule("tool_registry", {
  effect: "deny",
  reason: "no",
  metadata: { requested_tool: "read" },
});
const alsoDeny = rule("arg_schema", {
  effect: "deny",
  reason: "no either",
  metadata: {},
});

const ALLOWED = { effect: "allow", rule: null, reason: null };
const DENIED = {
  effect: "deny",
  rule: "tool_registry",
  reason: "no",
  metadata: { requested_tool: "read" },
};
const ESCALATED = {
  effect: "escalate",
  rule: "url_allowlist",
  reason: "ask first",
  metadata: { host: "b.test" },
};

const CASES = [
  {
    what: "allows what no rule objects to",
    rules: [silent, silent],
    want: { ...ALLOWED, metadata: {} },
  },
  {
    what: "keeps what the rules that allow found out",
    rules: [allow, silent, alsoAllow],
    want: { ...ALLOWED, metadata: { host: "a.test", target_path: "in.txt" } },
  },
  {
    what: "denies what one rule denies, whatever the others allow",
    rules: [allow, deny, alsoAllow],
    want: DENIED,
  },
  {
    what: "names the first of two denials",
    rules: [silent, deny, alsoDeny],
    want: DENIED,
  },
  {
    what:
      "escalates what only a person may allow, with what the other rules found",
    rules: [allow, escalate, alsoAllow],
    want: {
      ...ESCALATED,
      metadata: { host: "b.test", target_path: "in.txt" },
    },
  },
  {
    what: "names the first of two escalations",
    rules: [escalate, alsoEscalate],
    want: ESCALATED,
  },
  {
    what: "lets a denial win over an earlier escalation",
    rules: [escalate, deny],
    want: DENIED,
  },
  {
    what: "lets a denial win over a later escalation",
    rules: [deny, escalate],
    want: DENIED,
  },
];

for (const { what, rules, want } of CASES) {
  Deno.test(`decide() ${what}`, () => {
    assertEquals(decide(PROPOSAL, rules), want);
  });
}

const APPROVED: Answer = { approver: "ada", verdict: "approved" };
const REJECTED: Answer = { approver: "ada", verdict: "rejected" };

Deno.test("decide() allows an escalation that was approved", () => {
  assertEquals(
    decide(PROPOSAL, [escalate, alsoEscalate, alsoAllow], APPROVED),
    { ...ALLOWED, metadata: { target_path: "in.txt" } },
  );
});

Deno.test("decide() denies in spite of an approval", () => {
  assertEquals(decide(PROPOSAL, [escalate, deny], APPROVED), DENIED);
});

Deno.test("decide() denies an escalation that was rejected, by the rule that asked", () => {
  assertEquals(
    decide(PROPOSAL, [alsoAllow, escalate, alsoEscalate], REJECTED),
    {
      effect: "deny",
      rule: "url_allowlist",
      reason: "rejected by ada: ask first",
      metadata: { target_path: "in.txt", host: "b.test", approver: "ada" },
    },
  );
});

Deno.test("decide() lets any other denial win over a rejection", () => {
  assertEquals(decide(PROPOSAL, [escalate, deny], REJECTED), DENIED);
});

Deno.test("decide() shows every rule the same proposal", () => {
  const seen: Proposal[] = [];
  const looking: Rule = {
    id: "arg_schema",
    opinion(proposal) {
      seen.push(proposal);
      return undefined;
    },
  };
  decide(PROPOSAL, [looking, looking]);
  assertEquals(seen.length, 2);
  for (const each of seen) assertStrictEquals(each, PROPOSAL);
});

Deno.test("decide() denies when a rule throws, under that rule's id", () => {
  const broken: Rule = {
    id: "sandbox_path",
    opinion() {
      throw new Error("The disk is gone");
    },
  };
  assertEquals(decide(PROPOSAL, [allow, broken]), {
    effect: "deny",
    rule: "sandbox_path",
    reason: "the rule failed, so nothing is allowed",
    metadata: { tool: "read", error_class: "Error" },
  });
});
