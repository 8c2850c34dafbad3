import { assertEquals } from "@std/assert";
import { Redirect } from "../../tools/redirect.ts";
import type { ApprovalRequest } from "../approval/approval.ts";
import type { RunEvent } from "../record/event.ts";
import {
  ASKS_A_PERSON,
  eventsOf,
  inTurn,
  listener,
  type Rehearsal,
  rehearse,
} from "../../tests/rehearsal.ts";
import { REHEARSALS } from "../../tests/rehearsals.ts";
import { replay } from "../../evidence/replay/replay.ts";

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
  assertEquals(events.slice(4), [
    {
      v: 2,
      seq: 4,
      ts: "7000000",
      step: 1,
      call: 3,
      type: "policy_checked",
      started_at: "6000000",
      call_id: "call_1_1",
      tool: "rm",
      decision: "deny",
      rule_id: "tool_registry",
      reason: 'the policy does not allow this tool: "rm"',
      metadata: { requested_tool: "rm", registry_match: "not_allowed" },
      call_sha256:
        "b7d4ae1169aa16c24881a1700e638734812388c7ca64337b9150dd0f51c2a852",
      facts: {
        args_error: {
          reason: "there is no such tool, so no schema",
          path: "",
        },
        paths: [],
        hosts: [],
      },
    },
    {
      v: 2,
      seq: 5,
      ts: "8000000",
      step: 1,
      type: "step_finished",
      failure_mode: null,
    },
    {
      v: 2,
      seq: 6,
      ts: "9000000",
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

Deno.test("toolCall() tells the model about a denial and continues where the policy says so", async () => {
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
    name: "no_approver",
    verdicts: [
      "escalate work approval",
      "rejected by none",
      "deny work approval",
    ],
  },
  {
    name: "rejected",
    verdicts: [
      "escalate work approval",
      "rejected by ada",
      "deny work approval",
    ],
  },
  {
    name: "rejected_and_told",
    verdicts: [
      "escalate work approval",
      "rejected by ada",
      "deny work approval",
    ],
  },
  {
    name: "approver_throws",
    verdicts: [
      "escalate work approval",
      "rejected by none",
      "deny work approval",
    ],
  },
  {
    name: "unknown_verdict",
    verdicts: [
      "escalate work approval",
      "rejected by ada",
      "deny work approval",
    ],
  },
  {
    name: "answer_of_a_wrong_type",
    verdicts: [
      "escalate work approval",
      "rejected by none",
      "deny work approval",
    ],
  },
  {
    name: "cancelled_while_a_person_thinks",
    verdicts: [
      "escalate work approval",
      "rejected by none",
    ],
  },
  {
    name: "approved_after_a_cancellation",
    verdicts: [
      "escalate work approval",
      "rejected by none",
    ],
  },
  {
    name: "cancelled_after_an_approval",
    verdicts: [
      "escalate work approval",
      "approved by ada",
    ],
  },
  {
    name: "denied_after_approval",
    verdicts: [
      "escalate work approval",
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

const WORK_ASKED = {
  rule_id: "approval",
  clause: "escalate[0]",
  reason: "work needs a person",
} as const;

Deno.test("toolCall() judges again what was approved, and then runs it", async () => {
  const events = await rehearse(REHEARSALS.approved());
  assertEquals(events.slice(4, 8), [
    {
      v: 2,
      seq: 4,
      ts: "7000000",
      step: 1,
      call: 3,
      type: "policy_checked",
      started_at: "6000000",
      call_id: "call_1_1",
      tool: "work",
      decision: "escalate",
      rule_id: "approval",
      reason: "work needs a person",
      metadata: { tool: "work" },
      call_sha256:
        "d5ba24a79903680cb0fc46aab9746f282fcf634494865d6a3cddccb362b2be33",
      facts: { args_error: null, paths: [], hosts: [] },
      asked: [WORK_ASKED],
    },
    {
      v: 2,
      seq: 5,
      ts: "8000000",
      step: 1,
      call: 3,
      type: "approval_resolved",
      call_id: "call_1_1",
      approver: "ada",
      verdict: "approved",
      bound_to:
        "21237674a9c2cfffeeb6665dfffe787d88892b9c1cd458efc6fb645af2537a59",
    },
    {
      v: 2,
      seq: 6,
      ts: "10000000",
      step: 1,
      call: 3,
      type: "policy_checked",
      started_at: "9000000",
      call_id: "call_1_1",
      tool: "work",
      decision: "allow",
      rule_id: null,
      reason: null,
      metadata: {},
      call_sha256:
        "d5ba24a79903680cb0fc46aab9746f282fcf634494865d6a3cddccb362b2be33",
      facts: { args_error: null, paths: [], hosts: [] },
    },
    {
      v: 2,
      seq: 7,
      ts: "11000000",
      step: 1,
      call: 3,
      type: "tool_started",
      call_id: "call_1_1",
      tool: "work",
      args: { text: "go" },
      idempotency_key:
        "04816b00de8a7106768477ddeb4bd5bc3158f3024e87385d587854fea46a0426",
    },
  ]);
});

Deno.test("toolCall() judges again what was rejected, and denies it", async () => {
  const events = await rehearse(REHEARSALS.rejected());
  assertEquals(events.slice(6), [
    {
      v: 2,
      seq: 6,
      ts: "10000000",
      step: 1,
      call: 3,
      type: "policy_checked",
      started_at: "9000000",
      call_id: "call_1_1",
      tool: "work",
      decision: "deny",
      rule_id: "approval",
      reason: "rejected by ada: work needs a person",
      metadata: { tool: "work", approver: "ada" },
      call_sha256:
        "d5ba24a79903680cb0fc46aab9746f282fcf634494865d6a3cddccb362b2be33",
      facts: { args_error: null, paths: [], hosts: [] },
    },
    {
      v: 2,
      seq: 7,
      ts: "11000000",
      step: 1,
      type: "step_finished",
      failure_mode: null,
    },
    {
      v: 2,
      seq: 8,
      ts: "12000000",
      step: 1,
      type: "run_finished",
      terminal_reason: "policy_denial_terminal",
      answer: null,
      totals: {
        steps: 1,
        llm_calls: 1,
        tool_calls: 0,
        policy_checks: 2,
        denials: 1,
        attempts: 0,
        tokens: 0,
      },
    },
  ]);
});

Deno.test("toolCall() says that a call without an answer was not approved", async () => {
  const events = await rehearse(REHEARSALS.no_approver());
  const denied = eventsOf("policy_checked", events).at(-1);
  assertEquals(
    [denied?.reason, denied?.metadata],
    ["nobody approved it: work needs a person", {
      tool: "work",
      approver: "none",
    }],
  );
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
    asked: [WORK_ASKED],
    places: [],
    policy_version: "c90605431d49",
    bound_to:
      "21237674a9c2cfffeeb6665dfffe787d88892b9c1cd458efc6fb645af2537a59",
  }]);
});

Deno.test("toolCall() asks no person about a call that another rule denies", async () => {
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
      '{"denied":{"rule":"approval","reason":"rejected by ada: work needs a person"}}',
  });
  assertEquals(eventsOf("run_finished", events)[0]?.totals.denials, 1);
});

const WITHOUT_PROOF: Rehearsal = {
  script: [{ calls: [{ tool: "work", args: { text: 1 } }] }],
  rules: [{
    id: "arg_schema",
    opinion: () => ({
      effect: "escalate",
      asks: [{ clause: "arg_schema", reason: "sure?" }],
      metadata: {},
    }),
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

/** Each verdict and each run of a tool in order, with the URL. */
function hops(events: readonly RunEvent[]): readonly string[] {
  return events.flatMap((event) => {
    if (event.type === "policy_checked") {
      return [`${event.decision} ${event.rule_id} ${event.metadata.url}`];
    }
    if (event.type === "tool_started") {
      return [`run ${Object(event.args).url}`];
    }
    return event.type === "tool_finished"
      ? [`result ${JSON.stringify(event.result ?? event.redirect)}`]
      : [];
  });
}

Deno.test("toolCall() judges where a tool is redirected before it continues", async () => {
  const events = await rehearse(REHEARSALS.redirected_twice());
  assertEquals(hops(events), [
    "allow null https://fixtures.local/a",
    "run https://fixtures.local/a",
    'result {"url":"https://fixtures.local/b"}',
    "allow null https://fixtures.local/b",
    "run https://fixtures.local/b",
    'result {"url":"https://fixtures.local/c"}',
    "allow null https://fixtures.local/c",
    "run https://fixtures.local/c",
    'result {"text":"here"}',
  ]);
  assertEquals(
    eventsOf("tool_finished", events).map((event) => [
      event.call_id,
      event.result,
      event.redirect,
      event.error,
    ]),
    [
      ["call_1_1", null, { url: "https://fixtures.local/b" }, null],
      ["call_1_1", null, { url: "https://fixtures.local/c" }, null],
      ["call_1_1", { text: "here" }, null, null],
    ],
  );
  const totals = eventsOf("run_finished", events)[0]?.totals;
  assertEquals(
    [totals?.tool_calls, totals?.policy_checks, totals?.attempts],
    [3, 3, 3],
  );
});

Deno.test("toolCall() records of each hop what was judged", async () => {
  const events = await rehearse(REHEARSALS.redirected_twice());
  const checks = eventsOf("policy_checked", events);
  assertEquals(new Set(checks.map((check) => check.call_sha256)).size, 3);
  const keys = eventsOf("tool_started", events).map((event) =>
    event.idempotency_key
  );
  assertEquals(new Set(keys).size, 3);
});

Deno.test("toolCall() tells the model of a redirected call once, with the result", async () => {
  const given = REHEARSALS.redirected_twice();
  const { llm, heard } = listener(given.script ?? []);
  await rehearse({ ...given, llm });
  assertEquals(heard[1]?.slice(2), [{
    role: "tool",
    call_id: "call_1_1",
    tool: "work",
    content: '{"text":"here"}',
  }]);
});

Deno.test("toolCall() tells the tool what was judged, hop by hop", async () => {
  const told: unknown[] = [];
  await rehearse({
    script: [
      {
        calls: [{ tool: "work", args: { url: "https://fixtures.local" } }],
      },
      { answer: "done" },
    ],
    work(_args, { urls }) {
      told.push([...urls]);
      return Promise.resolve(
        told.length === 1
          ? new Redirect({ url: "https://fixtures.local/b/../c" })
          : null,
      );
    },
  });
  assertEquals(told, [
    [["https://fixtures.local", "https://fixtures.local/"]],
    [["https://fixtures.local/b/../c", "https://fixtures.local/c"]],
  ]);
});

Deno.test("toolCall() retries each hop by itself", async () => {
  const events = await rehearse(REHEARSALS.redirected_after_an_outage());
  assertEquals(
    eventsOf("attempt_finished", events).map(({ attempt, outcome }) => [
      attempt,
      outcome,
    ]),
    [
      [1, "transient_failure"],
      [2, "success"],
      [1, "transient_failure"],
      [2, "success"],
    ],
  );
});

const STOPPED_HOPS: readonly {
  readonly name: keyof typeof REHEARSALS;
  readonly hops: readonly string[];
  readonly reason: string;
  readonly metadata: object;
}[] = [
  {
    name: "redirected_elsewhere",
    hops: [
      "allow null https://fixtures.local/a",
      "run https://fixtures.local/a",
      'result {"url":"https://evil.test/x"}',
      "deny url_allowlist https://evil.test/x",
    ],
    reason: 'the host "evil.test" is not listed',
    metadata: { tool: "work", url: "https://evil.test/x", host: "evil.test" },
  },
  {
    name: "redirected_to_what_is_no_url",
    hops: [
      "allow null https://fixtures.local/a",
      "run https://fixtures.local/a",
      'result {"url":5}',
      "deny url_allowlist number",
    ],
    reason: "the URL is not a string",
    metadata: { tool: "work", url: "number", host: "" },
  },
  {
    name: "redirected_too_often",
    hops: [
      ...Array.from({ length: 3 }, () => [
        "allow null https://fixtures.local/a",
        "run https://fixtures.local/a",
        'result {"url":"https://fixtures.local/a"}',
      ]).flat(),
      "deny url_allowlist https://fixtures.local/a",
    ],
    reason: "the call was redirected 3 times; 2 are allowed",
    metadata: {
      tool: "work",
      url: "https://fixtures.local/a",
      host: "fixtures.local",
      redirects: 3,
      max_redirects: 2,
    },
  },
  {
    name: "private_address_after_a_redirect",
    hops: [
      "allow null https://fixtures.local/a",
      "run https://fixtures.local/a",
      'result {"url":"https://fixtures.local/b"}',
      "deny url_allowlist https://fixtures.local/b",
    ],
    reason:
      'the host "fixtures.local" stands for 10.0.0.7 (private), which is neither public nor listed',
    metadata: {
      tool: "work",
      url: "https://fixtures.local/b",
      host: "fixtures.local",
      address: "10.0.0.7",
    },
  },
];

for (const { name, hops: want, reason, metadata } of STOPPED_HOPS) {
  Deno.test(`toolCall() stops what was ${name}`, async () => {
    const events = await rehearse(REHEARSALS[name]());
    assertEquals(hops(events), want);
    const denial = eventsOf("policy_checked", events).at(-1);
    assertEquals(
      [denial?.call_id, denial?.reason, denial?.metadata],
      ["call_1_1", reason, metadata],
    );
  });
}

Deno.test("toolCall() follows five redirects where the policy does not say how many", async () => {
  const events = await rehearse({
    ...REHEARSALS.redirected_too_often(),
    policy: {},
  });
  assertEquals(eventsOf("tool_started", events).length, 6);
  assertEquals(
    eventsOf("policy_checked", events).at(-1)?.metadata.redirects,
    6,
  );
});

Deno.test("toolCall() tells the model that a redirect was denied, and continues where the policy says so", async () => {
  const given = REHEARSALS.redirected_elsewhere_and_told();
  const { llm, heard } = listener(given.script ?? []);
  await rehearse({ ...given, llm });
  assertEquals(heard[1]?.slice(2), [{
    role: "tool",
    call_id: "call_1_1",
    tool: "work",
    content:
      '{"denied":{"rule":"url_allowlist","reason":"the host \\"evil.test\\" is not listed"}}',
  }]);
});

Deno.test("toolCall() has a person answer for each hop", async () => {
  let asked = 0;
  const events = await rehearse({
    ...REHEARSALS.redirected_twice(),
    rules: [ASKS_A_PERSON],
    approver() {
      asked += 1;
      return Promise.resolve({
        approver: "ada",
        verdict: asked === 1 ? "approved" : "rejected",
      });
    },
  });
  assertEquals(verdicts(events), [
    "escalate work approval",
    "approved by ada",
    "allow work null",
    "escalate work approval",
    "rejected by ada",
    "deny work approval",
  ]);
  assertEquals(toolsThatRan(events), ["work"]);
});

Deno.test("toolCall() runs nothing more when the run was cancelled after a redirect", async () => {
  const events = await rehearse(REHEARSALS.redirected_and_cancelled());
  assertEquals(toolsThatRan(events), ["work"]);
});

Deno.test("toolCall() records the addresses that it judged by", async () => {
  const events = await rehearse(REHEARSALS.public_address());
  assertEquals(
    eventsOf("policy_checked", events).map(({ decision, facts }) => [
      decision,
      facts,
    ]),
    [["allow", {
      args_error: null,
      paths: [],
      hosts: [{
        host: "fixtures.local",
        addresses: [{ address: "8.8.8.8", range: "unicast" }],
      }],
    }]],
  );
  assertEquals(toolsThatRan(events), ["work"]);
});

Deno.test("toolCall() runs nothing at a host with one address that is not public", async () => {
  const events = await rehearse(REHEARSALS.private_address());
  assertEquals(toolsThatRan(events), []);
  const [check] = eventsOf("policy_checked", events);
  assertEquals(
    [check?.decision, check?.reason, check?.metadata, check?.facts],
    [
      "deny",
      'the host "fixtures.local" stands for 10.0.0.7 (private), which is neither public nor listed',
      {
        tool: "work",
        url: "https://fixtures.local/a",
        host: "fixtures.local",
        address: "10.0.0.7",
      },
      {
        args_error: null,
        paths: [],
        hosts: [{
          host: "fixtures.local",
          addresses: [
            { address: "8.8.8.8", range: "unicast" },
            { address: "10.0.0.7", range: "private" },
          ],
        }],
      },
    ],
  );
});

const NO_ADDRESS: readonly {
  readonly what: string;
  readonly given: Rehearsal;
}[] = [
  {
    what: "that cannot be looked up",
    given: REHEARSALS.host_that_cannot_be_looked_up(),
  },
  {
    what: "whose resolver throws before there is a promise",
    given: {
      ...REHEARSALS.host_that_cannot_be_looked_up(),
      resolve() {
        throw new Error("There is no resolver");
      },
    },
  },
  {
    what: "whose resolver never answers",
    given: {
      ...REHEARSALS.host_that_cannot_be_looked_up(),
      resolveWith: ({ expire }) => () => {
        queueMicrotask(expire);
        return new Promise(() => {});
      },
    },
  },
  {
    what: "that has no address",
    given: {
      ...REHEARSALS.host_that_cannot_be_looked_up(),
      resolve: () => Promise.resolve([]),
    },
  },
];

for (const { what, given } of NO_ADDRESS) {
  Deno.test(`toolCall() denies a host ${what}`, async () => {
    const events = await rehearse(given);
    assertEquals(toolsThatRan(events), []);
    const [check] = eventsOf("policy_checked", events);
    assertEquals([check?.decision, check?.reason, check?.facts?.hosts], [
      "deny",
      'the host "fixtures.local" cannot be looked up',
      [{ host: "fixtures.local", addresses: [] }],
    ]);
  });
}

Deno.test("toolCall() tells the resolver to stop when it takes too long", async () => {
  const seen: AbortSignal[] = [];
  await rehearse({
    script: [{
      calls: [{ tool: "work", args: { url: "https://fixtures.local/" } }],
    }],
    resolveWith: ({ expire }) => (_url, signal) => {
      seen.push(signal);
      queueMicrotask(expire);
      return new Promise(() => {});
    },
  });
  assertEquals(seen.map(({ aborted }) => aborted), [true]);
});

Deno.test("toolCall() takes a host for served without a network when the resolver knows no addresses", async () => {
  const events = await rehearse({
    ...REHEARSALS.public_address(),
    resolve: () => Promise.resolve(undefined),
  });
  assertEquals(
    eventsOf("policy_checked", events).map((event) => [
      event.decision,
      event.facts?.hosts,
    ]),
    [["allow", []]],
  );
  assertEquals(toolsThatRan(events), ["work"]);
});

for (
  const { what, url, asked: want } of [
    {
      what: "for a listed host",
      url: "https://fixtures.local/a",
      asked: ["https://fixtures.local/a"],
    },
    { what: "not for an unlisted host", url: "https://evil.test/", asked: [] },
    {
      what: "not for a host with userinfo",
      url: "https://a@fixtures.local/",
      asked: [],
    },
    {
      what: "not for an address",
      url: "http://127.0.0.1:8080/",
      asked: [],
    },
    {
      what: "not for an address of version 6",
      url: "http://[::1]:8080/",
      asked: [],
    },
  ]
) {
  Deno.test(`toolCall() asks the resolver ${what}`, async () => {
    const asked: string[] = [];
    await rehearse({
      policy: {
        url_allowlist: [
          "fixtures.local",
          "http://127.0.0.1:8080",
          "http://[::1]:8080",
        ],
      },
      script: [{ calls: [{ tool: "work", args: { url } }] }, { answer: "x" }],
      resolve({ href }) {
        asked.push(href);
        return Promise.resolve([{ address: "8.8.8.8", range: "unicast" }]);
      },
    });
    assertEquals(asked, want);
  });
}

Deno.test("toolCall() asks the resolver for no call that another rule denies", async () => {
  let asked = 0;
  await rehearse({
    script: [{
      calls: [{
        tool: "work",
        args: { url: "https://fixtures.local/", text: 1 },
      }],
    }],
    resolve() {
      asked += 1;
      return Promise.resolve([]);
    },
  });
  assertEquals(asked, 0);
});

Deno.test("toolCall() asks the resolver again for each hop", async () => {
  const asked: string[] = [];
  await rehearse({
    ...REHEARSALS.redirected_twice(),
    resolve({ pathname }) {
      asked.push(pathname);
      return Promise.resolve([{ address: "8.8.8.8", range: "unicast" }]);
    },
  });
  assertEquals(asked, ["/a", "/b", "/c"]);
});

/** A call of a listed host, about which a person is asked. */
const SECRET_HOST = "https://secret.fixtures.local/";
const ASKED_FETCH: Rehearsal = {
  policy: { url_allowlist: ["*.fixtures.local"] },
  script: [
    { calls: [{ tool: "work", args: { url: SECRET_HOST } }] },
    { answer: "done" },
  ],
  rules: [ASKS_A_PERSON],
};

for (const verdict of ["approved", "rejected"] as const) {
  Deno.test(`toolCall() looks a host up after a person has answered, and not when the call is ${verdict === "rejected" ? verdict : "still open"}`, async () => {
    const order: string[] = [];
    const events = await rehearse({
      ...ASKED_FETCH,
      approver() {
        order.push("asked");
        return Promise.resolve({ approver: "ada", verdict });
      },
      resolve({ hostname }) {
        order.push(hostname);
        return Promise.resolve([{ address: "8.8.8.8", range: "unicast" }]);
      },
    });
    const isApproved = verdict === "approved";
    assertEquals(
      order,
      isApproved ? ["asked", "secret.fixtures.local"] : ["asked"],
    );
    const hosts = eventsOf("policy_checked", events)
      .map(({ facts }) => facts?.hosts.length);
    assertEquals(hosts, isApproved ? [0, 1] : [0, 0]);
    assertEquals(toolsThatRan(events), isApproved ? ["work"] : []);
  });
}

Deno.test("toolCall() judges an approved call again by the addresses of its hosts", async () => {
  const events = await rehearse({
    ...ASKED_FETCH,
    approver: inTurn({ approver: "ada", verdict: "approved" }),
    resolve: () =>
      Promise.resolve([{ address: "169.254.169.254", range: "linkLocal" }]),
  });
  assertEquals(verdicts(events), [
    "escalate work approval",
    "approved by ada",
    "deny work url_allowlist",
  ]);
  assertEquals(toolsThatRan(events), []);
});

Deno.test("toolCall() fails for the permission that a look-up lacks, and states no other reason", async () => {
  let runs = 0;
  const refusal = new Error('Requires net access to "fixtures.local:443"');
  refusal.name = "NotCapable";
  const events = await rehearse({
    script: [{
      calls: [{ tool: "work", args: { url: "https://fixtures.local/a" } }],
    }],
    resolve: () => Promise.reject(refusal),
    work: () => Promise.resolve(runs += 1),
  });
  assertEquals(runs, 0);
  assertEquals(verdicts(events), ["allow work null"]);
  const [attempt] = eventsOf("attempt_finished", events);
  assertEquals(
    [attempt?.outcome, attempt?.error?.message],
    [
      "permission_denied",
      "the process has no permission for this (--allow-net=fixtures.local:443)",
    ],
  );
  assertEquals(await replay(events), undefined);
});

for (
  const { name, approver } of [
    { name: "without an answer", approver: "none" },
    { name: "a blank", approver: " \t" },
    { name: "what a terminal obeys", approver: "a\u001b[2Jda" },
  ]
) {
  Deno.test(`toolCall() takes an approval in the name of ${name} for none`, async () => {
    const events = await rehearse({
      ...REHEARSALS.approved(),
      approver: inTurn({ approver, verdict: "approved" }),
    });
    assertEquals(verdicts(events), [
      "escalate work approval",
      "rejected by none",
      "deny work approval",
    ]);
  });
}
