import { Redirect } from "../tools/redirect.ts";
import { ModelError } from "../runtime/attempt/model_error.ts";
import type { ModelInfo } from "../runtime/run_spec.ts";
import { ToolError } from "../tools/tool_error.ts";
import { ASKED, hanging, inTurn, outage, type Rehearsal } from "./rehearsal.ts";

const ECHO = { calls: [{ tool: "echo", args: { text: "hi" } }] };
const WORK = { calls: [{ tool: "work", args: { text: "go" } }] };
const FORBIDDEN = { tool: "rm", args: { text: "all" } };
const DONE = { answer: "done" };

/** A policy that leaves calls of `work` to a person. */
const ASKING = { escalate: ASKED };

/** What `echo` returns may not reach `work`. */
const FLOWING = {
  on_deny: "continue",
  tools: [
    { match: ["echo"], labels: ["private"] },
    { match: ["work"], labels: ["untrusted", "sink"] },
  ],
  flow: [{
    id: "stays",
    after: ["private"],
    before: "sink",
    effect: "deny",
    reason: "it may carry private text out",
  }],
} as const;

/** `work` may not be given what `echo` returned, nor what was asked. */
const SEEING = {
  on_deny: "continue",
  deny: [{
    tools: ["work"],
    when: [{
      argument: "text",
      seen_in: ["question", { tool: "echo", at: "$.text" }],
    }],
    reason: "it was seen before",
  }],
} as const;

/** Calls the tool `work`, which then fetches a page of `fixtures.local`. */
function fetching(...pages: readonly string[]) {
  return {
    calls: pages.map((page) => ({
      tool: "work",
      args: { url: `https://fixtures.local/${page}` },
    })),
  };
}

function redirect(url: string): Redirect {
  return new Redirect({ url });
}

/** Does something so many microtasks later. */
function after(turns: number, act: () => void): void {
  queueMicrotask(turns === 1 ? act : () => after(turns - 1, act));
}

/** A model that is asked over a network. */
const NEARBY: ModelInfo = {
  execution_path: "local",
  provider: "nearby",
  model: "small",
  script_sha256: null,
};

function busy(retryAfterMs?: number): ModelError {
  return new ModelError("The server answered 429", {
    type: "429",
    transient: true,
    retryAfterMs,
  });
}

/** A budget in which the model of a rehearsal costs so much a token. */
export function costing(
  amount: string,
  others: { readonly [kind: string]: number } = {},
) {
  const prices = { input: 100, output: 1_000, cached_input: 10, ...others };
  return {
    loop_budget: {
      max_iterations: 10,
      max_cost: {
        amount,
        currency: "EUR",
        prices: {
          "scripted/rehearsal": prices,
          "nearby/small": prices,
          "nearby/small-2": { ...prices, cache_write: 200, reasoning: 2_000 },
        },
      },
    },
  };
}

/**
 * Everything that a run of the loop can do, a run each. The loop's tests say
 * what the events must be; the tests of what is made of events go through all.
 */
export const REHEARSALS = {
  one_call: (): Rehearsal => ({
    script: [
      { ...ECHO, usage: { input_tokens: 10, output_tokens: 2 } },
      { ...DONE, usage: { input_tokens: 20, output_tokens: 4 } },
    ],
  }),
  two_calls_in_one_answer: (): Rehearsal => ({
    script: [{ calls: [...ECHO.calls, ...WORK.calls] }, DONE],
  }),
  many_steps: (): Rehearsal => ({
    policy: { loop_budget: { max_iterations: 300 } },
    script: [
      ...Array.from({ length: 250 }, (_, index) => ({
        calls: [{ tool: "echo", args: { text: `turn ${index}` } }],
      })),
      DONE,
    ],
  }),

  denied_call: (): Rehearsal => ({
    script: [{ calls: [FORBIDDEN, ...ECHO.calls] }],
  }),
  denied_call_and_told: (): Rehearsal => ({
    policy: { on_deny: "continue" },
    script: [{ calls: [FORBIDDEN, ...ECHO.calls] }, DONE],
  }),
  unlisted_url: (): Rehearsal => ({
    script: [{ calls: [{ tool: "work", args: { url: "https://x.test/" } }] }],
  }),
  denied_without_words: (): Rehearsal => ({
    script: [WORK],
    rules: [{
      id: "sandbox_path",
      opinion: () => ({ effect: "deny", reason: "", metadata: {} }),
    }],
  }),
  wrong_arguments: (): Rehearsal => ({
    script: [{ calls: [{ tool: "echo", args: { text: 1 } }] }],
  }),
  wrong_arguments_and_told: (): Rehearsal => ({
    policy: { on_deny: "continue" },
    script: [{ calls: [{ tool: "echo", args: { text: 1 } }] }, DONE],
  }),
  fourth_identical_call: (): Rehearsal => ({
    script: [ECHO, ECHO, ECHO, ECHO],
  }),
  cycle_and_told_before_a_crash: (): Rehearsal => ({
    policy: {
      on_deny: "continue",
      cycle_detection: { max_repeats: 1, max_period: 2 },
    },
    script: [ECHO, { calls: [...ECHO.calls, ...WORK.calls] }],
    work: inTurn(new Error("Out of memory")),
  }),

  redirected_twice: (): Rehearsal => ({
    script: [fetching("a"), DONE],
    work: inTurn(
      redirect("https://fixtures.local/b"),
      redirect("https://fixtures.local/c"),
      { text: "here" },
    ),
  }),
  redirected_after_an_outage: (): Rehearsal => ({
    script: [fetching("a"), DONE],
    work: inTurn(outage(), redirect("https://fixtures.local/b"), outage(), {
      text: "here",
    }),
  }),
  redirected_elsewhere: (): Rehearsal => ({
    script: [fetching("a")],
    work: inTurn(redirect("https://evil.test/x")),
  }),
  redirected_elsewhere_and_told: (): Rehearsal => ({
    policy: { on_deny: "continue" },
    script: [fetching("a"), DONE],
    work: inTurn(redirect("https://evil.test/x")),
  }),
  redirected_too_often: (): Rehearsal => ({
    policy: { fetch: { max_redirects: 2 } },
    script: [fetching("a")],
    work: inTurn(redirect("https://fixtures.local/a")),
  }),
  redirected_to_what_is_no_url: (): Rehearsal => ({
    script: [fetching("a")],
    work: inTurn(new Redirect({ url: 5 })),
  }),
  redirected_and_cancelled: (): Rehearsal => {
    const controller = new AbortController();
    return {
      signal: controller.signal,
      script: [fetching("a")],
      work() {
        // The signal is heard of when the redirect is already there.
        queueMicrotask(() => queueMicrotask(() => controller.abort()));
        return Promise.resolve(redirect("https://fixtures.local/b"));
      },
    };
  },
  public_address: (): Rehearsal => ({
    script: [fetching("a"), DONE],
    resolve: inTurn([{ address: "8.8.8.8", range: "unicast" }]),
  }),
  private_address: (): Rehearsal => ({
    script: [fetching("a")],
    resolve: inTurn([
      { address: "8.8.8.8", range: "unicast" },
      { address: "10.0.0.7", range: "private" },
    ]),
  }),
  private_address_after_a_redirect: (): Rehearsal => ({
    script: [fetching("a")],
    work: inTurn(redirect("https://fixtures.local/b")),
    resolve: inTurn(
      [{ address: "8.8.8.8", range: "unicast" }],
      [{ address: "10.0.0.7", range: "private" }],
    ),
  }),
  host_that_cannot_be_looked_up: (): Rehearsal => ({
    script: [fetching("a")],
    resolve: inTurn(new Error("NXDOMAIN")),
  }),
  cancelled_while_a_host_is_looked_up: (): Rehearsal => {
    const controller = new AbortController();
    return {
      signal: controller.signal,
      script: [fetching("a")],
      resolve() {
        queueMicrotask(() => controller.abort());
        return hanging();
      },
    };
  },

  iteration_budget: (): Rehearsal => ({
    policy: { loop_budget: { max_iterations: 2 } },
    script: [ECHO, WORK],
  }),
  token_budget: (): Rehearsal => ({
    policy: { loop_budget: { max_iterations: 10, max_tokens: 100 } },
    script: [
      { ...ECHO, usage: { input_tokens: 60, output_tokens: 40 } },
      { ...WORK, usage: { input_tokens: 0, output_tokens: 1 } },
    ],
  }),
  cost_budget: (): Rehearsal => ({
    policy: costing("0.000046"),
    script: [
      { ...ECHO, usage: { input_tokens: 60, output_tokens: 40 } },
      { ...WORK, usage: { input_tokens: 1, output_tokens: 0 } },
    ],
  }),
  cost_within_its_budget: (): Rehearsal => ({
    policy: costing("0.000046"),
    script: [
      {
        ...ECHO,
        usage: { input_tokens: 60, cached_input_tokens: 50, output_tokens: 40 },
      },
      { ...DONE, usage: { input_tokens: 60, output_tokens: 40 } },
    ],
  }),
  cost_of_another_model: (): Rehearsal => ({
    policy: costing("1"),
    model: NEARBY,
    llm: ({ step }) =>
      Promise.resolve(
        step > 1
          ? { answer: "done", usage: { input_tokens: 9, output_tokens: 1 } }
          : {
            calls: [{ id: "c1", tool: "echo", args_json: '{"text":"hi"}' }],
            model: "small-2",
            usage: {
              input_tokens: 9,
              cached_input_tokens: 3,
              cache_write_tokens: 4,
              output_tokens: 2,
              reasoning_tokens: 1,
              total_tokens: 13,
            },
          },
      ),
  }),
  model_without_a_price: (): Rehearsal => ({
    policy: costing("1"),
    model: NEARBY,
    llm: inTurn({
      calls: [{ id: "c1", tool: "echo", args_json: '{"text":"hi"}' }],
      model: "small-3",
      usage: { input_tokens: 9, output_tokens: 2 },
    }),
  }),
  answer_without_a_price: (): Rehearsal => ({
    policy: costing("1"),
    model: NEARBY,
    llm: inTurn({
      answer: "done",
      model: "small-3",
      usage: { input_tokens: 9, output_tokens: 2 },
    }),
  }),
  cache_write_without_a_price: (): Rehearsal => ({
    policy: costing("1"),
    script: [{
      ...ECHO,
      usage: { input_tokens: 9, cache_write_tokens: 1, output_tokens: 2 },
    }],
  }),
  cost_without_usage: (): Rehearsal => ({
    policy: costing("1"),
    script: [{ ...ECHO, usage: null }],
  }),
  more_cached_than_given: (): Rehearsal => ({
    policy: costing("1"),
    model: NEARBY,
    llm: inTurn({
      calls: [{ id: "c1", tool: "echo", args_json: '{"text":"hi"}' }],
      model: "small-2",
      usage: { input_tokens: 9, cached_input_tokens: 10, output_tokens: 2 },
    }),
  }),
  another_model_refuses: (): Rehearsal => ({
    policy: costing("1"),
    model: NEARBY,
    llm: inTurn({
      no_answer: "refusal",
      model: "small-2",
      usage: { input_tokens: 30, output_tokens: 3 },
      finish_reason: "refusal",
      raw: "I will not.",
    }),
  }),
  cached_tokens: (): Rehearsal => ({
    script: [{
      ...DONE,
      usage: {
        input_tokens: 9,
        cached_input_tokens: 3,
        cache_write_tokens: 4,
        output_tokens: 2,
      },
    }],
  }),
  tool_call_budget: (): Rehearsal => ({
    policy: { loop_budget: { max_iterations: 10, max_tool_calls: 2 } },
    script: [ECHO, { calls: [...ECHO.calls, ...WORK.calls] }],
  }),

  usage_missing: (): Rehearsal => ({
    policy: { loop_budget: { max_iterations: 10, max_tokens: 100 } },
    script: [{ ...ECHO, usage: null }],
  }),
  output_without_a_form: (): Rehearsal => ({
    script: [{ raw: "I would rather not" }],
  }),
  model_refuses: (): Rehearsal => ({
    policy: { loop_budget: { max_iterations: 10, max_tokens: 100 } },
    llm: inTurn({
      no_answer: "refusal",
      usage: { input_tokens: 30, output_tokens: 3 },
      finish_reason: "refusal",
      raw: "I will not.",
    }),
  }),
  model_that_throws_a_refusal: (): Rehearsal => ({
    llm: inTurn(new ModelError("No, says the server", { type: "refusal" })),
  }),
  model_refuses_after_an_outage: (): Rehearsal => ({
    model: NEARBY,
    llm: inTurn(busy(), {
      no_answer: "length",
      finish_reason: "length",
    }),
  }),
  malformed_output_that_was_counted: (): Rehearsal => ({
    llm: inTurn({
      usage: { input_tokens: 30, output_tokens: 3 },
      finish_reason: "pause_turn",
    }),
  }),
  model_throws: (): Rehearsal => ({
    llm: inTurn(new TypeError("The socket is closed")),
  }),
  absurd_usage: (): Rehearsal => ({
    script: Array.from({ length: 2 }, () => ({
      ...ECHO,
      usage: {
        input_tokens: Number.MAX_SAFE_INTEGER,
        output_tokens: Number.MAX_SAFE_INTEGER,
      },
    })),
  }),
  model_that_reasons: (): Rehearsal => ({
    model: NEARBY,
    llm: ({ step, messages }) => {
      const turn = [{ type: "reasoning", text: `Look ${step} times.` }];
      const usage = { input_tokens: 1, output_tokens: 1 };
      const expected = Array.from({ length: step - 1 }, (_, index) => [
        { type: "reasoning", text: `Look ${index + 1} times.` },
      ]);
      const found = messages.flatMap((each) =>
        each.role === "assistant" ? [each.turn] : []
      );
      if (JSON.stringify(found) !== JSON.stringify(expected)) {
        const why = "What came with the calls must come back";
        return Promise.reject(new ModelError(why, { type: "400" }));
      }
      const args_json = `{"text":"${step}"}`;
      return Promise.resolve(
        step === 3 ? { ...DONE, turn, usage } : {
          calls: [{ id: `c${step}`, tool: "echo", args_json }],
          ...{ turn, usage },
        },
      );
    },
  }),
  busy_model: (): Rehearsal => ({
    model: NEARBY,
    llm: inTurn(
      busy(),
      busy(1500),
      { ...DONE, usage: { input_tokens: 1, output_tokens: 1 } },
    ),
  }),
  exhausted_model: (): Rehearsal => ({
    model: NEARBY,
    outage: () => "end",
    policy: {
      retry: { max_retries: 1, backoff_base_ms: 100, backoff_cap_ms: 100 },
    },
    llm: inTurn(busy()),
  }),
  model_with_settings: (): Rehearsal => ({
    model: {
      ...NEARBY,
      settings: { system: "Be brief.", temperature: 0.5, max_output_tokens: 9 },
    },
    llm: ({ settings }) =>
      Promise.resolve({
        answer: JSON.stringify(settings),
        usage: { input_tokens: 1, output_tokens: 1 },
      }),
  }),
  model_that_was_out: (): Rehearsal => ({
    model: NEARBY,
    outage: () => "again",
    policy: {
      retry: { max_retries: 1, backoff_base_ms: 100, backoff_cap_ms: 100 },
    },
    llm: inTurn(
      ...Array.from({ length: 5 }, () => busy()),
      { ...DONE, usage: { input_tokens: 1, output_tokens: 1 } },
    ),
  }),
  unauthorized_model: (): Rehearsal => ({
    model: NEARBY,
    llm: inTurn(
      new ModelError("The key is not accepted", { type: "unauthorized" }),
    ),
  }),
  late_model: (): Rehearsal => ({
    model: NEARBY,
    llmWith: (clock) => {
      let asked = 0;
      return () => {
        asked += 1;
        if (asked > 1) return Promise.resolve(DONE);
        queueMicrotask(clock.expire);
        return hanging();
      };
    },
  }),
  model_without_form: (): Rehearsal => ({
    model: NEARBY,
    llm: inTurn({ raw: "hm" }),
  }),
  cancelled_while_a_model_is_busy: (): Rehearsal => {
    const controller = new AbortController();
    return {
      model: NEARBY,
      signal: controller.signal,
      llm: inTurn(busy()),
      sleep() {
        controller.abort();
        return Promise.reject(controller.signal.reason);
      },
    };
  },
  run_that_takes_too_long: (): Rehearsal => ({
    policy: { loop_budget: { max_iterations: 9, max_seconds: 1 } },
    workWith: (clock) => async () => {
      await clock.sleep(1000);
      return null;
    },
    script: [WORK, { calls: [{ tool: "work", args: { text: "on" } }] }, DONE],
  }),
  model_that_takes_too_long: (): Rehearsal => ({
    model: NEARBY,
    policy: { loop_budget: { max_iterations: 9, max_seconds: 1 } },
    llmWith: (clock) => () => {
      queueMicrotask(clock.expire);
      return hanging();
    },
  }),
  unauthorized_when_time_is_up: (): Rehearsal => ({
    model: NEARBY,
    policy: { loop_budget: { max_iterations: 9, max_seconds: 1 } },
    llmWith: (clock) => async () => {
      await clock.sleep(2000);
      throw new ModelError("The key is not accepted", { type: "unauthorized" });
    },
  }),
  model_that_is_busy_too_long: (): Rehearsal => ({
    model: NEARBY,
    policy: { loop_budget: { max_iterations: 9, max_seconds: 2 } },
    llm: inTurn(busy(), busy(5000)),
  }),
  keys_in_another_order: (): Rehearsal => ({
    model: {
      script_sha256: null,
      model: "small",
      provider: "nearby",
      execution_path: "local",
    },
    llm: inTurn(
      {
        usage: {
          total_tokens: 3,
          reasoning_tokens: 1,
          output_tokens: 1,
          input_tokens: 1,
        },
        calls: [{ args_json: '{"text":"hi"}', tool: "echo", id: "7" }],
      },
      { usage: undefined, answer: "done" },
    ),
  }),
  lone_surrogates: (): Rehearsal => ({
    policy: { on_deny: "continue" },
    llm: inTurn(
      { calls: [{ id: "\ud800", tool: "\udfff", args_json: "{}" }] },
      { answer: "half an emoji \ud83d", finish_reason: "\ud800" },
    ),
  }),

  transient_twice: (): Rehearsal => ({
    script: [WORK, DONE],
    work: inTurn(outage(), outage(), { ok: true }),
  }),
  server_asks_to_wait: (): Rehearsal => ({
    script: [WORK, DONE],
    work: inTurn(
      new ToolError("The server answered 429", {
        type: "429",
        transient: true,
        retryAfterMs: 2000,
      }),
      { ok: true },
    ),
  }),
  retries_exhausted: (): Rehearsal => ({
    policy: {
      retry: { max_retries: 2, backoff_base_ms: 100, backoff_cap_ms: 150 },
    },
    script: [WORK],
    work: inTurn(outage()),
  }),
  unforeseen_throw: (): Rehearsal => ({
    script: [WORK],
    work: inTurn(new RangeError("Index 9 is out of range")),
  }),
  throw_without_words: (): Rehearsal => ({
    script: [WORK],
    work: inTurn(Object.assign(new Error(""), { name: "" })),
  }),
  foreseen_failure: (): Rehearsal => ({
    script: [WORK, DONE],
    work: inTurn(new ToolError("There is no such file", { type: "not_found" })),
  }),
  hidden_refusal: (): Rehearsal => ({
    script: [WORK],
    work: inTurn(
      new ToolError("The connection failed", {
        type: "network",
        transient: true,
        cause: new TypeError("fetch failed", {
          cause: Object.assign(new Error("Requires net access"), {
            name: "NotCapable",
          }),
        }),
      }),
    ),
  }),
  result_that_is_not_json: (): Rehearsal => ({
    script: [WORK],
    work: inTurn({ count: 1n }),
  }),
  result_with_odd_keys: (): Rehearsal => ({
    script: [WORK, DONE],
    work: inTurn(JSON.parse('{"b":[-0,1e300],"__proto__":{"1":"\\ud800"}}')),
  }),
  result_too_large: (): Rehearsal => ({
    script: [WORK, DONE],
    work: inTurn("x".repeat(4 * 2 ** 20)),
  }),

  cancelled_before_a_step: (): Rehearsal => ({
    signal: AbortSignal.abort("stopped"),
  }),
  cancelled_during_the_model: (): Rehearsal => {
    const controller = new AbortController();
    return {
      signal: controller.signal,
      llm() {
        queueMicrotask(() => controller.abort());
        return hanging();
      },
    };
  },
  cancelled_during_a_tool: (): Rehearsal => {
    const controller = new AbortController();
    return {
      signal: controller.signal,
      script: [WORK],
      work() {
        queueMicrotask(() => controller.abort());
        return hanging();
      },
    };
  },
  cancelled_by_a_tool: (): Rehearsal => {
    const controller = new AbortController();
    return {
      signal: controller.signal,
      script: [WORK],
      work() {
        controller.abort();
        return hanging();
      },
    };
  },
  cancelled_while_backing_off: (): Rehearsal => {
    const controller = new AbortController();
    return {
      signal: controller.signal,
      script: [WORK],
      work: inTurn(outage()),
      sleep() {
        queueMicrotask(() => controller.abort());
        return hanging();
      },
    };
  },
  cancelled_while_a_person_thinks: (): Rehearsal => {
    const controller = new AbortController();
    return {
      signal: controller.signal,
      script: [WORK],
      policy: ASKING,
      approver() {
        queueMicrotask(() => controller.abort());
        return hanging();
      },
    };
  },
  approved_after_a_cancellation: (): Rehearsal => {
    const controller = new AbortController();
    return {
      signal: controller.signal,
      script: [WORK],
      policy: ASKING,
      approver() {
        controller.abort();
        return Promise.resolve({ approver: "ada", verdict: "approved" });
      },
    };
  },
  cancelled_after_an_approval: (): Rehearsal => {
    const controller = new AbortController();
    return {
      signal: controller.signal,
      script: [WORK],
      policy: ASKING,
      approver() {
        // The signal is heard of when the answer is already there.
        after(5, () => controller.abort());
        return Promise.resolve({ approver: "ada", verdict: "approved" });
      },
    };
  },

  no_approver: (): Rehearsal => ({ script: [WORK], policy: ASKING }),
  rejected: (): Rehearsal => ({
    script: [WORK],
    policy: ASKING,
    approver: inTurn({ approver: "ada", verdict: "rejected" }),
  }),
  rejected_and_told: (): Rehearsal => ({
    policy: { ...ASKING, on_deny: "continue" },
    script: [WORK, DONE],
    approver: inTurn({ approver: "ada", verdict: "rejected" }),
  }),
  rejected_before_another_call: (): Rehearsal => ({
    policy: { ...ASKING, on_deny: "continue" },
    script: [{ calls: [...WORK.calls, ...ECHO.calls] }, DONE],
    approver: inTurn({ approver: "ada", verdict: "rejected" }),
  }),
  approver_throws: (): Rehearsal => ({
    script: [WORK],
    policy: ASKING,
    approver: inTurn(new Error("The terminal is gone")),
  }),
  unknown_verdict: (): Rehearsal => ({
    script: [WORK],
    policy: ASKING,
    approver: inTurn({ approver: "ada", verdict: "APPROVED" }),
  }),
  answer_of_a_wrong_type: (): Rehearsal => ({
    script: [WORK],
    policy: ASKING,
    approver: inTurn({ approver: 7, verdict: "approved" }),
  }),
  approved: (): Rehearsal => ({
    script: [WORK, DONE],
    policy: ASKING,
    approver: inTurn({ approver: "ada", verdict: "approved" }),
  }),
  denied_after_approval: (): Rehearsal => {
    let asked = 0;
    return {
      script: [WORK],
      policy: ASKING,
      rules: [{
        id: "sandbox_path",
        opinion() {
          asked += 1;
          return asked === 1
            ? undefined
            : { effect: "deny", reason: "it has moved", metadata: {} };
        },
      }],
      approver: inTurn({ approver: "ada", verdict: "approved" }),
    };
  },

  denied_by_a_clause: (): Rehearsal => ({
    policy: {
      on_deny: "continue",
      deny: [{
        id: "no-cards",
        tools: ["*"],
        when: [{ any_argument: true, matches: "[0-9]{8}" }],
        reason: "a number may not leave",
      }],
    },
    script: [
      ECHO,
      { calls: [{ tool: "work", args: { text: "it is 41111111" } }] },
      DONE,
    ],
  }),
  denied_by_a_requirement: (): Rehearsal => ({
    policy: {
      on_deny: "continue",
      require: [{
        tools: ["work"],
        that: [{ argument: "text", one_of: ["stop", "wait"] }],
      }],
    },
    script: [WORK, DONE],
  }),
  seen_in_a_result: (): Rehearsal => ({
    policy: SEEING,
    script: [
      { calls: [{ tool: "echo", args: { text: "so: hello there" } }] },
      { calls: [{ tool: "work", args: { text: "hello" } }] },
      DONE,
    ],
  }),
  seen_nowhere: (): Rehearsal => ({
    policy: {
      on_deny: "continue",
      require: [{ tools: ["work"], that: SEEING.deny[0].when }],
    },
    script: [ECHO, WORK, DONE],
  }),
  beyond_a_call_limit: (): Rehearsal => ({
    policy: {
      on_deny: "continue",
      call_limits: [{ tools: ["*"], max_calls: 1 }],
    },
    script: [ECHO, WORK, DONE],
  }),
  flow_denied: (): Rehearsal => ({
    policy: FLOWING,
    script: [ECHO, WORK, DONE],
  }),
  flow_denied_after_an_error: (): Rehearsal => ({
    policy: {
      ...FLOWING,
      flow: [{ ...FLOWING.flow[0], after: ["untrusted"] }],
    },
    script: [WORK, fetching("a"), DONE],
    work: () =>
      Promise.reject(new ToolError("There is none", { type: "not_found" })),
  }),
  flow_denied_by_a_redirect: (): Rehearsal => ({
    policy: {
      ...FLOWING,
      flow: [{ ...FLOWING.flow[0], after: ["untrusted"] }],
    },
    script: [fetching("a"), DONE],
    work: inTurn(redirect("https://fixtures.local/b")),
  }),
  flow_approved: (): Rehearsal => ({
    policy: {
      ...FLOWING,
      flow: [{ ...FLOWING.flow[0], effect: "escalate" }],
    },
    script: [ECHO, WORK, { calls: [{ tool: "echo", args: { text: "b" } }] }, {
      calls: [{ tool: "work", args: { text: "again" } }],
    }, DONE],
    approver: inTurn(
      { approver: "ada", verdict: "approved" },
      { approver: "ada", verdict: "rejected" },
    ),
  }),
  denied_after_some_calls: (): Rehearsal => ({
    policy: {
      on_deny: "continue",
      deny: [{
        tools: ["work"],
        when: [{ ran: { tools: ["echo"], at_least: 1 } }],
        reason: "not after an echo",
      }],
    },
    script: [WORK, ECHO, { calls: [{ tool: "work", args: {} }] }, DONE],
  }),
};
