import { assertEquals, assertThrows } from "@std/assert";
import { loadPolicy } from "../policy/document/load.ts";
import policyText from "../policy/v1.yaml" with { type: "text" };
import { virtualClock } from "./env.ts";
import type { RunEvent } from "./record/event.ts";
import { agentLoop, governedLoop } from "./loop.ts";
import { eventsOf, rehearsal, rehearse, stage } from "../tests/rehearsal.ts";
import { REHEARSALS } from "../tests/rehearsals.ts";

/** The events by name, with the steps to which they belong. */
function outline(events: readonly RunEvent[]): readonly string[] {
  return events.map(({ step, type }) => `${step} ${type}`);
}

/** What a model is told of the arguments of both tools. */
const INPUT_SCHEMA = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  properties: { text: { type: "string" }, url: { type: "string" } },
  additionalProperties: false,
};

/** How each step failed, then how the run ended. */
function ending(events: readonly RunEvent[]): readonly (string | null)[] {
  return [
    ...eventsOf("step_finished", events).map((event) => event.failure_mode),
    ...eventsOf("run_finished", events).map((event) => event.terminal_reason),
  ];
}

Deno.test("agentLoop() of one call has exactly these events", async () => {
  const events = await rehearse(REHEARSALS.one_call());
  const [started, ...others] = events;
  assertEquals(started, {
    v: 2,
    seq: 0,
    ts: "1000000",
    step: 0,
    type: "run_started",
    run_id: "rehearsal",
    seed: 7,
    task: {
      id: "rehearsal",
      question: "What now?",
      sha256:
        "17a9baa9d104d832ccd87d633593f350d0845abe41e9b914d44ffee2472ecd66",
      text: "id: rehearsal\nquestion: What now?\n",
    },
    policy: {
      version: "55ca10961ce5",
      sha256:
        "55ca10961ce53129ef8ed4dbc0da173576b8ab91f8086c1eb9c710a38d289c4e",
      text: eventsOf("run_started", events)[0]?.policy.text,
    },
    llm: {
      execution_path: "stub",
      provider: "scripted",
      model: "rehearsal",
      script_sha256: null,
    },
    corpus: { sha256: "c".repeat(64), documents: 0 },
    tools: [
      {
        name: "echo",
        description: "Does what a test needs",
        effects: { fetches: ["url"], reads: [], writes: [] },
        idempotent: true,
        input_schema: INPUT_SCHEMA,
      },
      {
        name: "work",
        description: "Does what a test needs",
        effects: { fetches: ["url"], reads: [], writes: [] },
        idempotent: false,
        input_schema: INPUT_SCHEMA,
      },
    ],
  });
  assertEquals(others, [
    { v: 1, seq: 1, ts: "2000000", step: 1, type: "step_started" },
    {
      v: 1,
      seq: 2,
      ts: "4000000",
      step: 1,
      type: "llm_completed",
      started_at: "3000000",
      answer: null,
      calls: [{ id: "call_1_1", tool: "echo", args_json: '{"text":"hi"}' }],
      usage: { input_tokens: 10, output_tokens: 2 },
      finish_reason: "tool_calls",
      raw: null,
      error: null,
    },
    {
      v: 1,
      seq: 3,
      ts: "6000000",
      step: 1,
      type: "policy_checked",
      started_at: "5000000",
      call_id: "call_1_1",
      tool: "echo",
      decision: "allow",
      rule_id: null,
      reason: null,
      metadata: {},
      call_sha256:
        "bbb377c1a54b35e95a448a17c0c78947839e587ecd2f46326133dc522f3e052a",
      facts: { args_error: null, paths: [], hosts: [] },
    },
    {
      v: 1,
      seq: 4,
      ts: "7000000",
      step: 1,
      type: "tool_started",
      call_id: "call_1_1",
      tool: "echo",
      args: { text: "hi" },
      idempotency_key:
        "d9dd1d328b18eda41aa1a4cdc290f44b9f07090a8a9996d554292fbf73a9d2ee",
    },
    {
      v: 1,
      seq: 5,
      ts: "9000000",
      step: 1,
      type: "attempt_finished",
      started_at: "8000000",
      call_id: "call_1_1",
      attempt: 1,
      outcome: "success",
      backoff_ms: 0,
      error: null,
    },
    {
      v: 1,
      seq: 6,
      ts: "10000000",
      step: 1,
      type: "tool_finished",
      call_id: "call_1_1",
      tool: "echo",
      result: { text: "hi" },
      redirect: null,
      error: null,
    },
    {
      v: 1,
      seq: 7,
      ts: "11000000",
      step: 1,
      type: "step_finished",
      failure_mode: null,
    },
    { v: 1, seq: 8, ts: "12000000", step: 2, type: "step_started" },
    {
      v: 1,
      seq: 9,
      ts: "14000000",
      step: 2,
      type: "llm_completed",
      started_at: "13000000",
      answer: "done",
      calls: [],
      usage: { input_tokens: 20, output_tokens: 4 },
      finish_reason: "stop",
      raw: null,
      error: null,
    },
    {
      v: 1,
      seq: 10,
      ts: "15000000",
      step: 2,
      type: "step_finished",
      failure_mode: null,
    },
    {
      v: 1,
      seq: 11,
      ts: "16000000",
      step: 2,
      type: "run_finished",
      terminal_reason: "final_answer",
      answer: "done",
      totals: {
        steps: 2,
        llm_calls: 2,
        tool_calls: 1,
        policy_checks: 1,
        denials: 0,
        attempts: 1,
        tokens: 36,
      },
    },
  ]);
});

Deno.test("agentLoop() takes the calls of one answer one after the other", async () => {
  const events = await rehearse(REHEARSALS.two_calls_in_one_answer());
  assertEquals(outline(events), [
    "0 run_started",
    "1 step_started",
    "1 llm_completed",
    "1 policy_checked",
    "1 tool_started",
    "1 attempt_finished",
    "1 tool_finished",
    "1 policy_checked",
    "1 tool_started",
    "1 attempt_finished",
    "1 tool_finished",
    "1 step_finished",
    "2 step_started",
    "2 llm_completed",
    "2 step_finished",
    "2 run_finished",
  ]);
});

Deno.test("agentLoop() runs a tool only when the event after its intent is asked for", async () => {
  let runs = 0;
  const run = rehearsal({
    ...REHEARSALS.two_calls_in_one_answer(),
    work() {
      runs += 1;
      return Promise.resolve(null);
    },
  });
  const intents: string[] = [];
  for (;;) {
    const { value: event } = await run.next();
    if (event?.type === "tool_started") intents.push(event.tool);
    if (intents.at(-1) === "work") break;
  }
  // Work that the loop might have left running gets its chance.
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
  assertEquals(runs, 0);
  assertEquals((await run.next()).value?.type, "attempt_finished");
  assertEquals(runs, 1);
});

Deno.test("agentLoop() runs nothing when its consumer stops at the intent", async () => {
  let runs = 0;
  const run = rehearsal({
    script: [{ calls: [{ tool: "work" }] }],
    work() {
      runs += 1;
      return Promise.resolve(null);
    },
  });
  for await (const event of run) if (event.type === "tool_started") break;
  assertEquals(runs, 0);
});

Deno.test("agentLoop() judges by the rules of its policy", async () => {
  const events: RunEvent[] = [];
  const run = agentLoop({
    runId: "r",
    seed: 0,
    runtimeVersion: "0.0.0",
    task: { id: "t", question: "?", text: "" },
    policy: loadPolicy(policyText, "policy/v1.yaml"),
    tools: new Map(),
    sandbox: {
      inspect() {
        throw new Error("No call has a path");
      },
    },
    llm: () =>
      Promise.resolve({
        calls: [{ id: "1", tool: "rm", args_json: "{}" }],
        usage: { input_tokens: 0, output_tokens: 0 },
      }),
    model: {
      execution_path: "stub",
      provider: "p",
      model: "m",
      script_sha256: null,
    },
    corpus: { sha256: "0".repeat(64), documents: 0 },
  }, {
    ...virtualClock(0n),
    resolve: () => Promise.resolve(undefined),
    signal: new AbortController().signal,
  });
  for await (const event of run) events.push(event);
  assertEquals(
    eventsOf("policy_checked", events).map((event) => event.rule_id),
    ["tool_registry"],
  );
});

/** What each rehearsal comes to: the failure mode of each step, then the end. */
const ENDINGS: Record<
  keyof typeof REHEARSALS,
  readonly [...steps: (string | null)[], reason: string]
> = {
  model_that_reasons: [null, null, null, "final_answer"],
  busy_model: [null, "final_answer"],
  model_with_settings: [null, "final_answer"],
  model_that_was_out: [null, "final_answer"],
  exhausted_model: ["retry_exhaustion", "failure_mode_terminal"],
  unauthorized_model: ["catalogued_unhandled", "failure_mode_terminal"],
  late_model: [null, "final_answer"],
  model_without_form: ["catalogued_unhandled", "failure_mode_terminal"],
  cancelled_while_a_model_is_busy: [null, "cancelled"],
  run_that_takes_too_long: [null, null, "loop_budget"],
  model_that_takes_too_long: [null, "loop_budget"],
  model_that_is_busy_too_long: [null, "loop_budget"],
  one_call: [null, null, "final_answer"],
  two_calls_in_one_answer: [null, null, "final_answer"],
  many_steps: [...Array.from({ length: 251 }, () => null), "final_answer"],
  denied_call: [null, "policy_denial_terminal"],
  denied_call_and_told: [null, null, "final_answer"],
  unlisted_url: [null, "policy_denial_terminal"],
  denied_without_words: [null, "policy_denial_terminal"],
  wrong_arguments: ["schema_mismatch", "failure_mode_terminal"],
  wrong_arguments_and_told: ["schema_mismatch", null, "final_answer"],
  fourth_identical_call: [
    null,
    null,
    null,
    "cycle_detection",
    "policy_denial_terminal",
  ],
  cycle_and_told_before_a_crash: [
    null,
    "catalogued_unhandled",
    "failure_mode_terminal",
  ],
  redirected_twice: [null, null, "final_answer"],
  redirected_after_an_outage: ["tool_call_failure", null, "final_answer"],
  redirected_elsewhere: [null, "policy_denial_terminal"],
  redirected_elsewhere_and_told: [null, null, "final_answer"],
  redirected_too_often: [null, "policy_denial_terminal"],
  redirected_to_what_is_no_url: [null, "policy_denial_terminal"],
  redirected_and_cancelled: [null, "cancelled"],
  public_address: [null, null, "final_answer"],
  private_address: [null, "policy_denial_terminal"],
  private_address_after_a_redirect: [null, "policy_denial_terminal"],
  host_that_cannot_be_looked_up: [null, "policy_denial_terminal"],
  cancelled_while_a_host_is_looked_up: [null, "cancelled"],
  iteration_budget: [null, null, null, "loop_budget"],
  token_budget: [null, null, "loop_budget"],
  cached_tokens: [null, "final_answer"],
  tool_call_budget: [null, null, "loop_budget"],
  cost_budget: [null, null, "loop_budget"],
  cost_within_its_budget: [null, null, "final_answer"],
  cost_of_another_model: [null, null, "final_answer"],
  model_without_a_price: [null, "loop_budget"],
  answer_without_a_price: [null, "final_answer"],
  cache_write_without_a_price: [null, "loop_budget"],
  cost_without_usage: ["catalogued_unhandled", "failure_mode_terminal"],
  more_cached_than_given: ["catalogued_unhandled", "failure_mode_terminal"],
  another_model_refuses: ["catalogued_unhandled", "failure_mode_terminal"],
  usage_missing: ["catalogued_unhandled", "failure_mode_terminal"],
  output_without_a_form: ["catalogued_unhandled", "failure_mode_terminal"],
  unauthorized_when_time_is_up: [
    "catalogued_unhandled",
    "failure_mode_terminal",
  ],
  model_refuses: ["catalogued_unhandled", "failure_mode_terminal"],
  model_that_throws_a_refusal: [
    "catalogued_unhandled",
    "failure_mode_terminal",
  ],
  model_refuses_after_an_outage: [
    "catalogued_unhandled",
    "failure_mode_terminal",
  ],
  malformed_output_that_was_counted: [
    "catalogued_unhandled",
    "failure_mode_terminal",
  ],
  model_throws: ["catalogued_unhandled", "failure_mode_terminal"],
  absurd_usage: ["catalogued_unhandled", "failure_mode_terminal"],
  keys_in_another_order: [null, null, "final_answer"],
  lone_surrogates: [null, null, "final_answer"],
  transient_twice: ["tool_call_failure", null, "final_answer"],
  server_asks_to_wait: ["tool_call_failure", null, "final_answer"],
  retries_exhausted: ["retry_exhaustion", "failure_mode_terminal"],
  unforeseen_throw: ["catalogued_unhandled", "failure_mode_terminal"],
  throw_without_words: ["catalogued_unhandled", "failure_mode_terminal"],
  foreseen_failure: ["tool_call_failure", null, "final_answer"],
  hidden_refusal: ["catalogued_unhandled", "failure_mode_terminal"],
  result_that_is_not_json: ["catalogued_unhandled", "failure_mode_terminal"],
  result_with_odd_keys: [null, null, "final_answer"],
  result_too_large: ["tool_call_failure", null, "final_answer"],
  cancelled_before_a_step: [null, "cancelled"],
  cancelled_during_the_model: [null, "cancelled"],
  cancelled_during_a_tool: [null, "cancelled"],
  cancelled_by_a_tool: [null, "cancelled"],
  cancelled_while_backing_off: [null, "cancelled"],
  cancelled_while_a_person_thinks: [null, "cancelled"],
  approved_after_a_cancellation: [null, "cancelled"],
  cancelled_after_an_approval: [null, "cancelled"],
  no_approver: [null, "policy_denial_terminal"],
  rejected: [null, "policy_denial_terminal"],
  rejected_and_told: [null, null, "final_answer"],
  rejected_before_another_call: [null, null, "final_answer"],
  approver_throws: [null, "policy_denial_terminal"],
  unknown_verdict: [null, "policy_denial_terminal"],
  answer_of_a_wrong_type: [null, "policy_denial_terminal"],
  approved: [null, null, "final_answer"],
  denied_after_approval: [null, "policy_denial_terminal"],
  denied_by_a_clause: [null, null, null, "final_answer"],
  denied_by_a_requirement: [null, null, "final_answer"],
  seen_in_a_result: [null, null, null, "final_answer"],
  seen_nowhere: [null, null, null, "final_answer"],
  beyond_a_call_limit: [null, null, null, "final_answer"],
  flow_denied: [null, null, null, "final_answer"],
  flow_denied_after_an_error: ["tool_call_failure", null, null, "final_answer"],
  flow_denied_by_a_redirect: [null, null, "final_answer"],
  flow_approved: [null, null, null, null, null, "final_answer"],
  denied_after_some_calls: [null, null, null, null, "final_answer"],
};

for (const [name, make] of Object.entries(REHEARSALS)) {
  Deno.test(`agentLoop() ends ${name} as the catalogue says`, async () => {
    const events = await rehearse(make());
    assertEquals(ending(events), new Map(Object.entries(ENDINGS)).get(name));
    assertEquals(events.at(-1)?.type, "run_finished");
    assertEquals(
      eventsOf("step_finished", events).length,
      eventsOf("step_started", events).length,
    );
  });
}

Deno.test("agentLoop() has a step of its own for the iteration that is denied", async () => {
  const events = await rehearse(REHEARSALS.iteration_budget());
  assertEquals(outline(events).slice(-4), [
    "3 step_started",
    "3 policy_checked",
    "3 step_finished",
    "3 run_finished",
  ]);
  assertEquals(eventsOf("llm_completed", events).map(({ step }) => step), [
    1,
    2,
  ]);
  assertEquals(eventsOf("policy_checked", events).at(-1), {
    v: 1,
    seq: 16,
    ts: "24000000",
    step: 3,
    type: "policy_checked",
    started_at: "23000000",
    call_id: null,
    tool: null,
    decision: "deny",
    rule_id: "loop_budget",
    reason: "the run has used its 2 iterations",
    metadata: { limit_kind: "iterations", iterations: 2, max_iterations: 2 },
    call_sha256: null,
    facts: null,
  });
  assertEquals(eventsOf("run_finished", events)[0]?.totals, {
    steps: 3,
    llm_calls: 2,
    tool_calls: 2,
    policy_checks: 3,
    denials: 1,
    attempts: 2,
    tokens: 0,
  });
});

const CANCELLATIONS: readonly {
  readonly name: keyof typeof REHEARSALS;
  readonly events: readonly string[];
}[] = [
  { name: "cancelled_before_a_step", events: [] },
  { name: "cancelled_during_the_model", events: ["1 llm_completed"] },
  {
    name: "cancelled_during_a_tool",
    events: [
      "1 llm_completed",
      "1 policy_checked",
      "1 tool_started",
      "1 attempt_finished",
      "1 tool_finished",
    ],
  },
  {
    name: "cancelled_by_a_tool",
    events: [
      "1 llm_completed",
      "1 policy_checked",
      "1 tool_started",
      "1 attempt_finished",
      "1 tool_finished",
    ],
  },
  {
    name: "cancelled_while_backing_off",
    events: [
      "1 llm_completed",
      "1 policy_checked",
      "1 tool_started",
      "1 attempt_finished",
      "1 tool_finished",
    ],
  },
  {
    name: "cancelled_while_a_person_thinks",
    events: ["1 llm_completed", "1 policy_checked", "1 approval_resolved"],
  },
  {
    name: "approved_after_a_cancellation",
    events: ["1 llm_completed", "1 policy_checked", "1 approval_resolved"],
  },
  {
    name: "cancelled_after_an_approval",
    events: ["1 llm_completed", "1 policy_checked", "1 approval_resolved"],
  },
];

for (const { name, events } of CANCELLATIONS) {
  Deno.test(`agentLoop() puts on record what it did when ${name}`, async () => {
    assertEquals(outline(await rehearse(REHEARSALS[name]())), [
      "0 run_started",
      "1 step_started",
      ...events,
      "1 step_finished",
      "1 run_finished",
    ]);
  });
}

Deno.test("agentLoop() does not judge the next call of an answer when the run is cancelled", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const events: RunEvent[] = [];
  const given = { ...REHEARSALS.two_calls_in_one_answer(), signal };
  for await (const event of rehearsal(given)) {
    events.push(event);
    if (event.type === "tool_finished") controller.abort();
  }
  assertEquals(outline(events).slice(-4), [
    "1 attempt_finished",
    "1 tool_finished",
    "1 step_finished",
    "1 run_finished",
  ]);
  assertEquals(eventsOf("policy_checked", events).length, 1);
  assertEquals(eventsOf("tool_finished", events)[0]?.error, null);
  assertEquals(ending(events), [null, "cancelled"]);
});

Deno.test("agentLoop() fixes the key order of the record for values from any source", async () => {
  const events = await rehearse(REHEARSALS.keys_in_another_order());
  assertEquals(
    JSON.stringify(eventsOf("run_started", events)[0]?.llm),
    '{"execution_path":"local","provider":"nearby","model":"small","script_sha256":null}',
  );
  const [answered] = eventsOf("llm_completed", events);
  assertEquals(
    JSON.stringify([answered?.usage, answered?.calls]),
    '[{"input_tokens":1,"output_tokens":1,"reasoning_tokens":1,"total_tokens":3},' +
      '[{"id":"7","tool":"echo","args_json":"{\\"text\\":\\"hi\\"}"}]]',
  );
});

const WORKER = { policy: { sandbox: { isolation: "worker" } } };

Deno.test("governedLoop() refuses, at once, a function of this process where the policy wants a Worker", () => {
  const { spec, world, signal } = stage(WORKER);
  assertThrows(
    () => governedLoop(spec, { ...world(0n), signal }),
    RangeError,
    'Cannot run the tool "echo" in a Worker',
  );
});

Deno.test("governedLoop() takes tools that run in a Worker where the policy wants one", async () => {
  const { spec, world, signal } = stage(WORKER);
  const tools = new Map(
    [...spec.tools].map(([name, tool]) =>
      [name, { ...tool, isolation: "worker" as const }] as const
    ),
  );
  const events: RunEvent[] = [];
  const run = governedLoop({ ...spec, tools }, { ...world(0n), signal });
  for await (const event of run) events.push(event);
  assertEquals(
    eventsOf("run_finished", events)[0]?.terminal_reason,
    "final_answer",
  );
});
