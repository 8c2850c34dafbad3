import { assertEquals } from "@std/assert";
import { policyWith } from "../tests/hostile/policy.ts";
import { proposed } from "../tests/proposal.ts";
import { explain } from "./explanation.ts";
import { callRules } from "./rules/call_rules.ts";

/** Takes more steps than one decision may. */
const SLOW = {
  any_argument: true,
  matches: "(?:card[0-9]{1,20}){1,20}x",
};

Deno.test("explain() shows clauses as they decided, although others took too many steps", () => {
  const { document: policy } = policyWith({
    deny: [{
      tools: ["read"],
      when: [{ argument: "path", contains: "secret" }],
      reason: "no secrets",
    }],
    escalate: [{ tools: ["read"], when: [SLOW], reason: "ask" }],
  });
  const value = { path: "a".repeat(60_000) };
  const canonical = JSON.stringify(value);
  const { decision, clauses } = explain(
    proposed({ args: { ok: true, value, canonical } }),
    {
      policy,
      rules: callRules(policy).filter(({ id }) =>
        id === "argument_rule" || id === "approval"
      ),
      lines: new Map(),
    },
  );
  assertEquals(decision.effect, "escalate");
  assertEquals(
    clauses.map(({ place, truth, objects }) => ({ place, truth, objects })),
    [
      { place: "deny[0]", truth: false, objects: false },
      { place: "escalate[0]", truth: "unknown", objects: true },
    ],
  );
});
