import { attribute, type BadTrace, drop, put, text } from "./mutations.ts";

const STEP = "spans[0]";
const LLM = "spans[1]";
const CHECK = "spans[2]";
const CALL = "spans[3]";
const TRY_1 = "spans[4]";
const TRY_2 = "spans[5]";
const LAST_STEP = "spans[6]";

const METADATA_TEXTS = [
  "policy.tool",
  "policy.approver",
  "policy.url",
  "policy.host",
  "policy.address",
  "policy.target_path",
  "policy.sandbox_root",
  "policy.requested_tool",
  "policy.schema_error",
  "policy.failed_path",
];
const METADATA_COUNTS = [
  "policy.iterations",
  "policy.max_iterations",
  "policy.redirects",
  "policy.max_redirects",
  "policy.tokens",
  "policy.max_tokens",
  "policy.repeats",
  "policy.max_repeats",
];

/** Documents with one span that breaks the contract by itself. */
export const BAD_SPANS: readonly BadTrace[] = [
  {
    name: "an unknown span name",
    mutate: put(`${LLM}.name`, "chat script"),
    code: "span_name_unknown",
    at: `${LLM}.name`,
  },
  ...[
    [STEP, "agent.run_id"],
    [TRY_2, "agent.step_index"],
    [LLM, "agent.llm.execution_path"],
    [LLM, "gen_ai.operation.name"],
    [LLM, "gen_ai.provider.name"],
    [LLM, "gen_ai.request.model"],
    [CHECK, "agent.policy.decision"],
    [CHECK, "policy.version"],
    [CHECK, "agent.tool_name"],
    [CALL, "agent.tool_name"],
    [CALL, "gen_ai.operation.name"],
    [CALL, "gen_ai.tool.name"],
    [CALL, "gen_ai.tool.call.id"],
    [CALL, "gen_ai.tool.type"],
    [TRY_1, "agent.retry.attempt"],
    [TRY_1, "agent.retry.outcome"],
  ].map(([span, key]) => ({
    name: `no ${key} on ${span}`,
    mutate: drop(`${span}{${key}}`),
    code: "attribute_missing",
    at: `${span}.attributes`,
  })),
  {
    name: "a denial without its rule",
    sample: "denied_url",
    mutate: drop(`${CHECK}{agent.policy.rule_id}`),
    code: "attribute_missing",
    at: `${CHECK}.attributes`,
  },
  {
    name: "an escalation without its rule",
    mutate: put(`${CHECK}{agent.policy.decision}.value`, text("escalate")),
    code: "attribute_missing",
    at: `${CHECK}.attributes`,
    also: ["link_decision"],
  },
  {
    name: "an exception class without error.type",
    sample: "unhandled_error",
    mutate: drop(`${CALL}{error.type}`),
    code: "attribute_missing",
    at: `${CALL}.attributes`,
  },
  ...[
    [STEP, "agent.user"],
    [CHECK, "agent.policy.reason"],
    [CHECK, "policy.limitKind"],
    [CHECK, "policy.limit.kind"],
    [CHECK, "policy."],
    [CALL, "gen_ai.tool.nmae"],
    [CALL, "constructor"],
    [TRY_1, "retry.attempt"],
  ].map(([span = "", key = ""]) => ({
    name: `an unknown attribute ${key}`,
    mutate: attribute(span, { key, value: text("x") }),
    code: "attribute_unknown",
    at: `${span}{${key}}`,
  })),
  ...[
    [LLM, "agent.terminal_reason"],
    [STEP, "agent.tool_name"],
    [STEP, "policy.version"],
    [CALL, "policy.url"],
    [CALL, "agent.retry.outcome"],
    [CHECK, "gen_ai.tool.name"],
    [CHECK, "agent.policy.rule_id"],
  ].map(([span = "", key = ""]) => ({
    name: `${key} on ${span}, where it does not belong`,
    mutate: attribute(span, { key, value: text("x") }),
    code: "attribute_not_allowed",
    at: `${span}{${key}}`,
  })),
  {
    name: "a loop budget about a tool",
    sample: "budget_denied",
    mutate: attribute("spans[6]", { key: "agent.tool_name", value: text("x") }),
    code: "attribute_not_allowed",
    at: "spans[6]{agent.tool_name}",
  },
  ...[
    [STEP, "agent.run_id", { intValue: "1" }],
    [TRY_1, "agent.step_index", { stringValue: "1" }],
    [LLM, "agent.llm.execution_path", { boolValue: true }],
    [LLM, "gen_ai.usage.input_tokens", { doubleValue: 120 }],
    [LLM, "gen_ai.response.finish_reasons", { stringValue: "stop" }],
    [LLM, "gen_ai.response.finish_reasons", {
      arrayValue: { values: [{ stringValue: "a" }, { intValue: "1" }] },
    }],
    [CHECK, "policy.version", { intValue: "1" }],
    [CHECK, "policy.resolved_path", { boolValue: false }],
    [TRY_1, "agent.retry.attempt", { stringValue: "1" }],
    [TRY_1, "agent.retry.backoff_ms", { doubleValue: 97 }],
    [TRY_1, "agent.retry.backoff_ms", { stringValue: "97" }],
    [TRY_1, "error.type", { boolValue: true }],
  ].map(([span, key, value]) => ({
    name: `${key} with ${JSON.stringify(value)}`,
    mutate: put(`${span}{${key}}.value`, value),
    code: "attribute_type",
    at: `${span}{${key}}`,
  })),
  ...[
    [LLM, "agent.llm.execution_path", text("cloud")],
    [LLM, "gen_ai.operation.name", text("execute_tool")],
    [LLM, "gen_ai.usage.output_tokens", { intValue: "-1" }],
    [CHECK, "agent.policy.decision", text("ask")],
    [CHECK, "policy.version", text("240D1C56AA01")],
    [CALL, "gen_ai.operation.name", text("chat")],
    [CALL, "gen_ai.tool.type", text("")],
    [TRY_1, "agent.retry.outcome", text("failure")],
    [TRY_1, "agent.retry.backoff_ms", { doubleValue: -0.5 }],
    [STEP, "agent.failure_mode", text("other")],
    [LAST_STEP, "agent.terminal_reason", text("done")],
  ].map(([span, key, value]) => ({
    name: `${key} with ${JSON.stringify(value)}`,
    mutate: put(`${span}{${key}}.value`, value),
    code: "attribute_value",
    at: `${span}{${key}}`,
  })),
  ...[...METADATA_TEXTS, ...METADATA_COUNTS].map((key) => ({
    name: `${key} as a boolean`,
    mutate: attribute(CHECK, { key, value: { boolValue: true } }),
    code: "attribute_type",
    at: `${CHECK}{${key}}`,
  })),
  ...METADATA_COUNTS.map((key) => ({
    name: `${key} below zero`,
    mutate: attribute(CHECK, { key, value: { intValue: "-1" } }),
    code: "attribute_value",
    at: `${CHECK}{${key}}`,
  })),
  {
    name: "attempt 0",
    mutate: put(`${TRY_1}{agent.retry.attempt}.value`, { intValue: "0" }),
    code: "attribute_value",
    at: `${TRY_1}{agent.retry.attempt}`,
    also: ["retry_attempt_number"],
  },
  {
    name: "an unknown kind of limit",
    sample: "budget_denied",
    mutate: put("spans[6]{policy.limit_kind}.value", text("steps")),
    code: "attribute_value",
    at: "spans[6]{policy.limit_kind}",
  },
  {
    name: "a denial without a status",
    sample: "denied_url",
    mutate: drop(`${CHECK}.status`),
    code: "denial_status",
    at: CHECK,
  },
  {
    name: "a denial with status ok",
    sample: "denied_url",
    mutate: put(`${CHECK}.status`, { code: 1 }),
    code: "denial_status",
    at: `${CHECK}.status`,
  },
  {
    name: "an exception class without a status",
    sample: "unhandled_error",
    mutate: drop(`${CALL}.status`),
    code: "exception_status",
    at: CALL,
  },
  {
    name: "two names for one tool",
    mutate: put(`${CALL}{gen_ai.tool.name}.value`, text("write")),
    code: "tool_name_mismatch",
    at: `${CALL}{gen_ai.tool.name}`,
  },
];
