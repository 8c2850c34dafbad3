import { assertEquals, assertThrows } from "@std/assert";
import { type AskedRun, askedRun, MAX_ASKED_CALLS } from "./asked_run.ts";
import { loadPolicy } from "./document/load.ts";
import { callRules } from "./rules/call_rules.ts";
import { imaginedPlace } from "./testing/imagined_place.ts";
import { z } from "../deps.ts";
import { standardSchema } from "../tools/schema.ts";
import policyText from "./v1.yaml" with { type: "text" };

const ANY = standardSchema(z.record(z.string(), z.json()));

/** A run under a policy that allows `get`, `pay` and `mail`, with more keys. */
function running(keys: string): AskedRun {
  const text = policyText
    .replace(/allowed: .*/, "allowed: [get, pay, mail]")
    .replace(/max_tool_calls: \d+/, "max_tool_calls: 100000")
    .replace(/max_repeats: \d+/, "max_repeats: 100000");
  const policy = loadPolicy(
    `${text}
tools:
  - { match: [get], effects: none, labels: [private] }
  - { match: [mail], effects: none, labels: [sink] }
${keys}`,
    "policy.yaml",
  );
  const named = (name: string) =>
    [name, { name, description: "", effects: {}, args: ANY }] as const;
  return askedRun(policy, {
    tools: new Map(["get", "pay", "mail"].map(named)),
    rules: callRules(policy.document, policy.lines),
    inspect: imaginedPlace,
    nowMs: () => 0,
  });
}

const call = (tool: string, args: object = {}) => ({
  tool,
  args_json: JSON.stringify(args),
});

const FLOW = `flow:
  - { id: stay, after: [private], before: sink, effect: deny, reason: no }
`;

Deno.test("askedRun() counts an allowed call as begun at once", () => {
  const run = running(FLOW);
  assertEquals(run.judge("m", call("mail")).decision, "allow");
  run.judge("g", call("get"));
  const { decision, rule_id, metadata } = run.judge("n", call("mail"));
  assertEquals([decision, rule_id, metadata.clause], ["deny", "flow", "stay"]);
  assertEquals(typeof metadata.line, "number");
});

Deno.test("askedRun() counts a call that a person is asked about once its result comes", () => {
  const run = running(`${FLOW}
escalate:
  - { id: first, tools: [get], reason: a }
  - { tools: [get], reason: b, when: [{ argument: all, equals: true }] }
`);
  const asked = run.judge("g", call("get", { all: true }));
  assertEquals(asked.decision, "escalate");
  const [one, another] = asked.asked ?? [];
  assertEquals([one?.rule_id, one?.clause], ["approval", "first"]);
  assertEquals(another?.clause, "escalate[1]");
  assertEquals(another?.line, (one?.line ?? NaN) + 1);
  assertEquals(run.judge("m", call("mail")).decision, "allow");
  run.result("g", { result: null, seq: 3 });
  assertEquals(run.judge("n", call("mail")).decision, "deny");
});

Deno.test("askedRun() judges seen_in by the question and by results", () => {
  const run = running(`require:
  - tools: [pay]
    that: [{ argument: to, seen_in: [question, { tool: get, at: $.to }] }]
`);
  const paid = (to: string) => run.judge(null, call("pay", { to })).decision;
  assertEquals(paid("GB29-7"), "deny");
  run.question("Pay GB29-7");
  assertEquals([paid("GB29-7"), paid("GB30-1")], ["allow", "deny"]);
  run.judge("g", call("get"));
  assertEquals(paid("GB30-1"), "deny");
  run.result("g", { result: { to: "GB30-1" }, seq: 7 });
  assertEquals(paid("GB30-1"), "allow");
});

Deno.test("askedRun() counts what is denied without being enforced as begun", () => {
  const run = running(`${FLOW}
mode: audit
deny: [{ tools: [get], reason: no }]
`);
  const denied = run.judge("g", call("get"));
  assertEquals([denied.decision, denied.enforced], ["deny", false]);
  run.result("g", { result: null, seq: 1 });
  assertEquals(run.judge("m", call("mail")).rule_id, "flow");
});

Deno.test("askedRun() takes a result for one call that may run, and once", () => {
  const run = running("deny: [{ tools: [pay], reason: no }]");
  run.judge("p", call("pay"));
  run.judge("g", call("get"));
  run.judge(1, call("get"));
  const given = { result: null, seq: 1 };
  run.result("g", given);
  run.result(1, given);
  for (const id of ["p", "g", 1, "1", "__proto__"]) {
    assertThrows(
      () => run.result(id, given),
      RangeError,
      `no call with the id ${JSON.stringify(id)} waits for a result`,
    );
  }
});

Deno.test("askedRun() refuses a result that may be of either call, and counts both as begun", () => {
  const run = running(`${FLOW}
escalate: [{ tools: [get], reason: a }]
require:
  - tools: [pay]
    that: [{ argument: to, seen_in: [{ tool: get, at: $.to }] }]
`);
  run.judge("x", call("pay", { to: "none" }));
  run.judge("x", call("get"));
  run.judge("x", call("get"));
  assertThrows(
    () => run.result("x", { result: { to: "GB30-1" }, seq: 1 }),
    RangeError,
    '2 calls have the id "x"',
  );
  assertEquals(run.judge("m", call("mail")).rule_id, "flow");
  assertEquals(run.judge("p", call("pay", { to: "GB30-1" })).decision, "deny");
});

Deno.test("askedRun() judges no more calls than it has memory for", () => {
  const run = running("");
  for (let n = 0; n < MAX_ASKED_CALLS; n++) run.judge(n, call("get", { n }));
  assertThrows(
    () => run.judge("z", call("get")),
    RangeError,
    "a session has at most 10000 calls",
  );
});

Deno.test("askedRun() denies beyond the budget of tool calls", () => {
  const policy = loadPolicy(
    policyText.replace(/max_tool_calls: \d+/, "max_tool_calls: 1"),
    "policy.yaml",
  );
  const run = askedRun(policy, {
    tools: new Map(),
    rules: callRules(policy.document),
    inspect: imaginedPlace,
    nowMs: () => 0,
  });
  const ids = [1, 2].map(() => run.judge(null, call("read")).rule_id);
  assertEquals(ids, ["tool_registry", "loop_budget"]);
});
