import { assertEquals } from "@std/assert";
import type { ApprovalRequest } from "./approval.ts";
import type { RunEvent } from "./event.ts";
import {
  ASKS_A_PERSON,
  eventsOf,
  listener,
  type Rehearsal,
  rehearse,
} from "../tests/rehearsal.ts";
import { REHEARSALS } from "../tests/rehearsals.ts";

/** Each verdict in order, with the rule that gave it. */
function verdicts(events: readonly RunEvent[]): readonly string[] {
  return events.flatMap((event) =>
    event.type === "policy_checked"
      ? [`${event.decision} ${event.tool} ${event.rule_id}`]
      : event.type === "approval_resolved"
      ? [`${event.verdict} by ${event.approver}`]
      : []
  );
}

function toolsThatRan(events: readonly RunEvent[]): readonly string[] {
  return eventsOf("tool_started", events).map(({ tool }) => tool);
}

Deno.test("toolCall() of a forbidden tool ends the run; later calls are not judged", async () => {
  const events = await rehearse(REHEARSALS.denied_call());
  assertEquals(events.slice(3), [
    {
      v: 1,
      seq: 3,
      ts: "6000000",
      step: 1,
      type: "policy_checked",
      started_at: "5000000",
      call_id: "call_1_1",
      tool: "rm",
      decision: "deny",
      rule_id: "tool_registry",
      reason: 'the policy does not allow this tool: "rm"',
      metadata: { requested_tool: "rm", registry_match: "not_allowed" },
    },
    {
      v: 1,
      seq: 4,
      ts: "7000000",
      step: 1,
      type: "step_finished",
      failure_mode: null,
    },
    {
      v: 1,
      seq: 5,
      ts: "8000000",
      step: 1,
      type: "run_finished",
      terminal_reason: "policy_denial_terminal",
      answer: null,
      totals: {
        steps: 1,
        llm_calls: 1,
        tool_calls: 0,
        policy_checks: 1,
        denials: 1,
        attempts: 0,
        tokens: 0,
      },
    },
  ]);
});

Deno.test("toolCall() tells the model of a denial and goes on where the policy says so", async () => {
  const given = REHEARSALS.denied_call_and_told();
  const { llm, heard } = listener(given.script ?? []);
  const events = await rehearse({ ...given, llm });
  assertEquals(verdicts(events), [
    "deny rm tool_registry",
    "allow echo null",
  ]);
  assertEquals(toolsThatRan(events), ["echo"]);
  assertEquals(heard[1]?.slice(2), [
    {
      role: "tool",
      call_id: "call_1_1",
      tool: "rm",
      content:
        '{"denied":{"rule":"tool_registry","reason":"the policy does not allow this tool: \\"rm\\""}}',
    },
    {
      role: "tool",
      call_id: "call_1_2",
      tool: "echo",
      content: '{"text":"hi"}',
    },
  ]);
  assertEquals(eventsOf("run_finished", events)[0]?.totals.denials, 1);
});

const DENIALS: readonly {
  readonly name: keyof typeof REHEARSALS;
  readonly rule: string;
  readonly reason: string;
  readonly metadata: object;
  readonly ran: readonly string[];
}[] = [
  {
    name: "unlisted_url",
    rule: "url_allowlist",
    reason: 'the host "x.test" is not listed',
    metadata: { tool: "work", url: "https://x.test/", host: "x.test" },
    ran: [],
  },
  {
    name: "wrong_arguments",
    rule: "arg_schema",
    reason:
      'the arguments do not fit the tool\'s schema at "text": Invalid input: expected string, received number',
    metadata: {
      schema_error: "Invalid input: expected string, received number",
      failed_path: "text",
    },
    ran: [],
  },
  {
    name: "fourth_identical_call",
    rule: "cycle_detection",
    reason: "the same call was proposed 4 times; 3 are allowed",
    metadata: { repeats: 4, max_repeats: 3, period: 1 },
    ran: ["echo", "echo", "echo"],
  },
];

for (const { name, rule, reason, metadata, ran } of DENIALS) {
  Deno.test(`toolCall() denies ${name} by ${rule}`, async () => {
    const events = await rehearse(REHEARSALS[name]());
    const check = eventsOf("policy_checked", events).at(-1);
    assertEquals(
      [check?.decision, check?.rule_id, check?.reason, check?.metadata],
      ["deny", rule, reason, metadata],
    );
    assertEquals(toolsThatRan(events), ran);
  });
}

const SAME_CALL = [
  { tool: "echo", args_json: '{"text":"a","url":"https://fixtures.local"}' },
  { tool: "echo", args_json: '{"url":"https://fixtures.local","text":"a"}' },
  {
    tool: "echo",
    args_json: ' {"text":"\\u0061", "url":"https:\\/\\/fixtures.local"}',
  },
  { tool: "echo", args_json: '{"text":"a","url":"https://fixtures.local"}' },
];

Deno.test("toolCall() knows a call again however its arguments are spelled", async () => {
  const events = await rehearse({ script: [{ calls: SAME_CALL }] });
  assertEquals(verdicts(events), [
    "allow echo null",
    "allow echo null",
    "allow echo null",
    "deny echo cycle_detection",
  ]);
});

const NOT_RUN: readonly {
  readonly name: keyof typeof REHEARSALS;
  readonly verdicts: readonly string[];
}[] = [
  {
    name: "nobody_to_ask",
    verdicts: ["escalate work tool_registry", "rejected by none"],
  },
  {
    name: "rejected",
    verdicts: ["escalate work tool_registry", "rejected by ada"],
  },
  {
    name: "rejected_and_told",
    verdicts: ["escalate work tool_registry", "rejected by ada"],
  },
  {
    name: "approver_throws",
    verdicts: ["escalate work tool_registry", "rejected by none"],
  },
  {
    name: "unknown_verdict",
    verdicts: ["escalate work tool_registry", "rejected by ada"],
  },
  {
    name: "answer_of_a_wrong_type",
    verdicts: ["escalate work tool_registry", "rejected by none"],
  },
  {
    name: "cancelled_while_a_person_thinks",
    verdicts: ["escalate work tool_registry", "rejected by none"],
  },
  {
    name: "denied_after_approval",
    verdicts: [
      "escalate work tool_registry",
      "approved by ada",
      "deny work sandbox_path",
    ],
  },
];

for (const { name, verdicts: want } of NOT_RUN) {
  Deno.test(`toolCall() does not run what was escalated and ${name}`, async () => {
    const events = await rehearse(REHEARSALS[name]());
    assertEquals(verdicts(events), want);
    assertEquals(toolsThatRan(events), []);
  });
}

Deno.test("toolCall() judges again what was approved, and then runs it", async () => {
  const events = await rehearse(REHEARSALS.approved());
  assertEquals(events.slice(3, 7), [
    {
      v: 1,
      seq: 3,
      ts: "6000000",
      step: 1,
      type: "policy_checked",
      started_at: "5000000",
      call_id: "call_1_1",
      tool: "work",
      decision: "escalate",
      rule_id: "tool_registry",
      reason: "work needs a person",
      metadata: {},
    },
    {
      v: 1,
      seq: 4,
      ts: "7000000",
      step: 1,
      type: "approval_resolved",
      call_id: "call_1_1",
      approver: "ada",
      verdict: "approved",
      bound_to:
        "d48bcceb804a0ec866cb8da2d7da217c5a557b226c056d25e73491d1b1a39e62",
    },
    {
      v: 1,
      seq: 5,
      ts: "9000000",
      step: 1,
      type: "policy_checked",
      started_at: "8000000",
      call_id: "call_1_1",
      tool: "work",
      decision: "allow",
      rule_id: null,
      reason: null,
      metadata: {},
    },
    {
      v: 1,
      seq: 6,
      ts: "10000000",
      step: 1,
      type: "tool_started",
      call_id: "call_1_1",
      tool: "work",
      args: { text: "go" },
      idempotency_key:
        "f198ed69d94c2dd7d5f6f1fb519b007c1a1c4d152a91c016d25db961595637f2",
    },
  ]);
});

Deno.test("toolCall() shows the approver what it decides on", async () => {
  const requests: ApprovalRequest[] = [];
  await rehearse({
    ...REHEARSALS.approved(),
    approver(request) {
      requests.push(request);
      return Promise.resolve({ approver: "ada", verdict: "approved" });
    },
  });
  assertEquals(requests, [{
    run_id: "rehearsal",
    call_id: "call_1_1",
    tool: "work",
    args: { text: "go" },
    reason: "work needs a person",
    policy_version: "55ca10961ce5",
    bound_to:
      "d48bcceb804a0ec866cb8da2d7da217c5a557b226c056d25e73491d1b1a39e62",
  }]);
});

Deno.test("toolCall() asks nobody about a call that another rule denies", async () => {
  let asked = 0;
  const events = await rehearse({
    script: [{ calls: [{ tool: "work", args: { url: "https://x.test/" } }] }],
    rules: [ASKS_A_PERSON],
    approver() {
      asked += 1;
      return Promise.resolve({ approver: "ada", verdict: "approved" });
    },
  });
  assertEquals(verdicts(events), ["deny work url_allowlist"]);
  assertEquals(asked, 0);
});

Deno.test("toolCall() tells the model that a person rejected its call", async () => {
  const given = REHEARSALS.rejected_and_told();
  const { llm, heard } = listener(given.script ?? []);
  const events = await rehearse({ ...given, llm });
  assertEquals(heard[1]?.at(-1), {
    role: "tool",
    call_id: "call_1_1",
    tool: "work",
    content:
      '{"denied":{"rule":"tool_registry","reason":"work needs a person"}}',
  });
  assertEquals(eventsOf("run_finished", events)[0]?.totals.denials, 1);
});

const WITHOUT_PROOF: Rehearsal = {
  script: [{ calls: [{ tool: "work", args: { text: 1 } }] }],
  rules: [{
    id: "arg_schema",
    opinion: () => ({ effect: "escalate", reason: "sure?", metadata: {} }),
  }],
};

Deno.test("toolCall() cannot be talked into arguments that do not fit", async () => {
  const events = await rehearse({
    ...WITHOUT_PROOF,
    approver: () => Promise.resolve({ approver: "ada", verdict: "approved" }),
  });
  assertEquals(verdicts(events), ["deny work arg_schema"]);
  assertEquals(toolsThatRan(events), []);
});

Deno.test("toolCall() tells the model of so many denials and then ends the run", async () => {
  const events = await rehearse({
    policy: {
      on_deny: "continue",
      loop_budget: { max_iterations: 10, max_denials: 2 },
    },
    script: [
      {
        calls: [{ tool: "rm", args: { n: 1 } }, { tool: "rm", args: { n: 2 } }],
      },
      { calls: [{ tool: "rm", args: { n: 3 } }] },
    ],
  });
  assertEquals(verdicts(events), [
    "deny rm tool_registry",
    "deny rm tool_registry",
    "deny rm tool_registry",
    "deny null loop_budget",
  ]);
  const [finished] = eventsOf("run_finished", events);
  assertEquals(finished?.terminal_reason, "loop_budget");
  const [, , , budget] = eventsOf("policy_checked", events);
  assertEquals(budget?.metadata, {
    limit_kind: "denials",
    denials: 3,
    max_denials: 2,
  });
});
