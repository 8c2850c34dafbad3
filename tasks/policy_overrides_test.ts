import {
  assertEquals,
  assertNotEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { InputError } from "../tools/data/input_error.ts";
import { loadPolicy } from "../policy/document/load.ts";
import policyText from "../policy/v1.yaml" with { type: "text" };
import type { JsonObject } from "../tools/data/json.ts";
import { withOverrides } from "./policy_overrides.ts";

const POLICY = loadPolicy(policyText, "policy/v1.yaml");

Deno.test("withOverrides() leaves a policy alone that nothing changes", () => {
  assertStrictEquals(withOverrides(POLICY, undefined, "task.yaml"), POLICY);
});

Deno.test("withOverrides() merges sections and replaces lists", () => {
  const changed = withOverrides(POLICY, {
    on_deny: "continue",
    loop_budget: { max_tokens: 5 },
    tool_registry: { allowed: ["read"] },
  }, "task.yaml");
  assertEquals(changed.document, {
    ...POLICY.document,
    on_deny: "continue",
    loop_budget: { ...POLICY.document.loop_budget, max_tokens: 5 },
    tool_registry: { allowed: ["read"], denied: [] },
  });
});

Deno.test("withOverrides() makes a policy with a text and a version of its own", () => {
  const changed = withOverrides(POLICY, { on_deny: "continue" }, "task.yaml");
  assertNotEquals(changed.version, POLICY.version);
  assertEquals(loadPolicy(changed.text, "again"), changed);
});

Deno.test("withOverrides() refuses what makes no sound policy, naming the task", () => {
  assertThrows(
    () => withOverrides(POLICY, { loop_budget: { max_steps: 3 } }, "task.yaml"),
    InputError,
    'loop_budget: unknown key "max_steps"',
  );
});

const PATTERNS: readonly JsonObject[] = [
  { tool_registry: { allowed: ["f*s"] } },
  { tool_registry: { denied: ["f*s"] } },
  { escalate: [{ tools: ["f*s"], reason: "r" }] },
];

for (const overrides of PATTERNS) {
  Deno.test(`withOverrides() refuses a pattern for a tool's name in ${JSON.stringify(overrides)}`, () => {
    assertThrows(
      () => withOverrides(POLICY, overrides, "task.yaml"),
      InputError,
      '"f*s" has "*" in it',
    );
  });
}
