import { assertEquals, assertStrictEquals } from "@std/assert";
import type { Answer } from "./answer.ts";
import { decide } from "./decide.ts";
import type { AskedClause, Opinion, Proposal, Rule, RuleId } from "./rule.ts";
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
  asks: [{ clause: "escalate[0]", reason: "ask first" }],
  metadata: { host: "b.test" },
});
const alsoEscalate = rule("sandbox_path", {
  effect: "escalate",
  asks: [{ clause: "escalate[1]", reason: "ask too" }],
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
const FIRST: AskedClause = {
  rule_id: "url_allowlist",
  clause: "escalate[0]",
  reason: "ask first",
};
const SECOND: AskedClause = {
  rule_id: "sandbox_path",
  clause: "escalate[1]",
  reason: "ask too",
};
const ESCALATED = {
  effect: "escalate",
  rule: "url_allowlist",
  reason: "ask first",
  metadata: { host: "b.test" },
  asked: [FIRST],
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
    what: "escalates by the first of two rules, and names what both ask",
    rules: [escalate, alsoEscalate],
    want: {
      ...ESCALATED,
      reason: "ask first; ask too",
      asked: [FIRST, SECOND],
    },
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

const APPROVED: Answer = {
  approver: "ada",
  verdict: "approved",
  asked: [FIRST, SECOND],
};
const REJECTED: Answer = { ...APPROVED, verdict: "rejected" };

Deno.test("decide() allows an escalation that was approved", () => {
  assertEquals(
    decide(PROPOSAL, [escalate, alsoEscalate, alsoAllow], APPROVED),
    { ...ALLOWED, metadata: { target_path: "in.txt" } },
  );
});

Deno.test("decide() denies what an approval was not asked about", () => {
  for (
    const { asked, reason } of [
      { asked: [FIRST], reason: "ask too" },
      { asked: [SECOND], reason: "ask first" },
      { asked: [], reason: "ask first; ask too" },
      // The same place in the policy, asked about by another rule.
      {
        asked: [{ ...FIRST, rule_id: "approval" as const }, SECOND],
        reason: "ask first",
      },
    ]
  ) {
    const decision = decide(PROPOSAL, [escalate, alsoEscalate], {
      ...APPROVED,
      asked,
    });
    assertEquals(
      [decision.effect, decision.reason],
      ["deny", `ada was not asked about this: ${reason}`],
    );
  }
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
      reason: "rejected by ada: ask first; ask too",
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
