import {
  all,
  append,
  attribute,
  type BadTrace,
  copy,
  drop,
  put,
  SECOND_CALL,
  text,
} from "./mutations.ts";

const STEP = "spans[0]";
const LLM = "spans[1]";
const CHECK = "spans[2]";
const CALL = "spans[3]";
const TRY_1 = "spans[4]";
const TRY_2 = "spans[5]";
const LAST_STEP = "spans[6]";
const ADDED = "spans[8]";

/** Changes after which the sample is still valid. */
export const STILL_GOOD: readonly Pick<BadTrace, "name" | "mutate">[] = [
  {
    name: "an escalation before the check that allowed",
    mutate: all(
      copy(CHECK),
      put(`${ADDED}.spanId`, "00000000000000a7"),
      put(`${ADDED}{agent.policy.decision}.value`, text("escalate")),
      attribute(ADDED, { key: "agent.policy.rule_id", value: text("x") }),
    ),
  },
  {
    name: "spans in another order",
    mutate: all(copy(STEP), drop(STEP), copy(CALL), drop(CALL)),
  },
  {
    name: "a redirected call, which has the same id and a check of its own",
    mutate: SECOND_CALL,
  },
  {
    name: "an attempt of the model's call",
    mutate: all(
      copy(TRY_2),
      put(`${ADDED}.spanId`, "00000000000000a7"),
      put(`${ADDED}.parentSpanId`, "00000000000000a2"),
      put(`${ADDED}.startTimeUnixNano`, "1778025600001000000"),
      put(`${ADDED}.endTimeUnixNano`, "1778025600002000000"),
      put(`${ADDED}{agent.retry.attempt}.value`, { intValue: "1" }),
    ),
  },
  {
    name: "attempts that start at the same time",
    mutate: all(
      put(`${TRY_2}.startTimeUnixNano`, "1778025600006000000"),
      put(`${TRY_2}.endTimeUnixNano`, "1778025600007000000"),
      copy(TRY_1),
      drop(TRY_1),
    ),
  },
  {
    name: "a run that was cancelled after a transient failure",
    mutate: all(
      drop(TRY_2),
      put(`spans[5]{agent.terminal_reason}.value`, text("cancelled")),
    ),
  },
  ...["0.0125 EUR", "12.00 USD", "unknown"].map((cost) => ({
    name: `agent.cost ${cost}`,
    mutate: attribute(LAST_STEP, { key: "agent.cost", value: text(cost) }),
  })),
  {
    name: "metadata of a rule of tomorrow",
    mutate: all(
      attribute(CHECK, { key: "policy.score_2", value: { doubleValue: 0.5 } }),
      attribute(CHECK, { key: "policy.listed", value: { boolValue: false } }),
    ),
  },
  {
    name: "times at the end of the unsigned 64-bit range",
    mutate: put(`${LAST_STEP}.endTimeUnixNano`, "18446744073709551615"),
  },
  {
    name: "a time of zero",
    mutate: put(`${STEP}.startTimeUnixNano`, "0"),
  },
  {
    name: "an attempt without duration",
    mutate: put(`${TRY_1}.endTimeUnixNano`, "1778025600006000000"),
  },
  {
    name: "a call that begins as its check ends",
    mutate: put(`${CHECK}.endTimeUnixNano`, "1778025600005000000"),
  },
  {
    name: "the smallest int64",
    mutate: attribute(CHECK, {
      key: "policy.offset",
      value: { intValue: "-9223372036854775808" },
    }),
  },
  {
    name: "an empty array",
    mutate: put(`${LLM}{gen_ai.response.finish_reasons}.value`, {
      arrayValue: { values: [] },
    }),
  },
  {
    name: "a resource attribute of another kind",
    mutate: append("resourceSpans[0].resource.attributes", {
      key: "telemetry.sdk.language",
      value: text("deno"),
    }),
  },
  ...[
    [LLM, "agent.llm.execution_path", "stub local hosted replay"],
    [
      STEP,
      "agent.failure_mode",
      "tool_call_failure retry_exhaustion schema_mismatch cycle_detection catalogued_unhandled",
    ],
    [
      LAST_STEP,
      "agent.terminal_reason",
      "final_answer loop_budget policy_denial_terminal failure_mode_terminal cancelled",
    ],
    [
      TRY_2,
      "agent.retry.outcome",
      "success transient_failure exhausted non_retryable permission_denied",
    ],
  ].flatMap(([span = "", key = "", values = ""]) =>
    values.split(" ").map((value) => ({
      name: `${key} ${value}`,
      mutate: put(`${span}{${key}}.value`, text(value)),
    }))
  ),
  ...["iterations", "tokens", "tool_calls", "denials"].map((kind) => ({
    name: `policy.limit_kind ${kind}`,
    mutate: attribute(CHECK, { key: "policy.limit_kind", value: text(kind) }),
  })),
  ...[
    "policy.iterations",
    "policy.max_iterations",
    "policy.tokens",
    "policy.max_tokens",
    "policy.repeats",
    "policy.max_repeats",
    "policy.redirects",
    "policy.max_redirects",
  ].map((key) => ({
    name: `${key} 0`,
    mutate: attribute(CHECK, { key, value: { intValue: "0" } }),
  })),
  ...[STEP, LLM, CHECK, CALL, TRY_2].map((span) => ({
    name: `error.type on ${span}`,
    mutate: attribute(span, { key: "error.type", value: text("timeout") }),
  })),
  {
    name: "a model that read no tokens",
    mutate: put(`${LLM}{gen_ai.usage.input_tokens}.value`, { intValue: "0" }),
  },
];
