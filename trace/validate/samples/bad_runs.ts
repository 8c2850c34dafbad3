import {
  all,
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

/** Documents of sound spans that do not make up a sound run. */
export const BAD_RUNS: readonly BadTrace[] = [
  {
    name: "an llm_call without a parent",
    mutate: drop(`${LLM}.parentSpanId`),
    code: "parent_role",
    at: LLM,
  },
  {
    name: "an agent_step with a parent",
    mutate: all(
      put(`${LAST_STEP}.parentSpanId`, "00000000000000a1"),
      put(`${STEP}.endTimeUnixNano`, "1778025600016000000"),
    ),
    code: "parent_role",
    at: `${LAST_STEP}.parentSpanId`,
    also: ["step_index_mismatch"],
  },
  {
    name: "a retry_attempt under an agent_step",
    mutate: put(`${TRY_2}.parentSpanId`, "00000000000000a1"),
    code: "parent_role",
    at: `${TRY_2}.parentSpanId`,
    also: ["retry_attempt_number"],
  },
  {
    name: "another run id on the first span",
    mutate: put(`${STEP}{agent.run_id}.value`, text("other")),
    code: "run_id_mixed",
    at: `${STEP}{agent.run_id}`,
  },
  {
    name: "no spans",
    mutate: put("resourceSpans[0].scopeSpans[0].spans", []),
    code: "agent_step_missing",
    at: "resourceSpans[0].scopeSpans[0].spans",
  },
  {
    name: "no agent_step",
    sample: "denied_url",
    mutate: drop(STEP),
    code: "parent_missing",
    at: "spans[0].parentSpanId",
    also: ["agent_step_missing"],
  },
  {
    name: "another step index than the agent_step",
    mutate: put(`${CALL}{agent.step_index}.value`, { intValue: "2" }),
    code: "step_index_mismatch",
    at: `${CALL}{agent.step_index}`,
  },
  {
    name: "a step index twice",
    mutate: all(
      put(`${LAST_STEP}{agent.step_index}.value`, { intValue: "1" }),
      put("spans[7]{agent.step_index}.value", { intValue: "1" }),
    ),
    code: "step_index_duplicate",
    at: `${LAST_STEP}{agent.step_index}`,
  },
  {
    name: "a gap in the step indexes",
    mutate: all(
      put(`${LAST_STEP}{agent.step_index}.value`, { intValue: "3" }),
      put("spans[7]{agent.step_index}.value", { intValue: "3" }),
    ),
    code: "step_index_gap",
    at: `${LAST_STEP}{agent.step_index}`,
  },
  {
    name: "a step index of zero",
    mutate: put(`${STEP}{agent.step_index}.value`, { intValue: "0" }),
    code: "attribute_value",
    at: `${STEP}{agent.step_index}`,
    also: ["step_index_gap", "step_index_mismatch"],
  },
  {
    name: "no terminal reason",
    mutate: drop(`${LAST_STEP}{agent.terminal_reason}`),
    code: "terminal_reason_missing",
    at: `${LAST_STEP}.attributes`,
  },
  {
    name: "a terminal reason on the first step too",
    mutate: attribute(STEP, {
      key: "agent.terminal_reason",
      value: text("final_answer"),
    }),
    code: "terminal_reason_misplaced",
    at: `${STEP}{agent.terminal_reason}`,
  },

  // Who allowed the tool call
  {
    name: "a tool_call without a link",
    mutate: drop(`${CALL}.links`),
    code: "tool_call_unlinked",
    at: CALL,
  },
  {
    name: "a tool_call with an empty list of links",
    mutate: put(`${CALL}.links`, []),
    code: "tool_call_unlinked",
    at: CALL,
  },
  {
    name: "a tool_call with two links",
    mutate: copy(`${CALL}.links[0]`),
    code: "tool_call_many_links",
    at: `${CALL}.links[1]`,
  },
  {
    name: "a link on an llm_call",
    mutate: put(`${LLM}.links`, [{
      traceId: "5b8efff798038103d269b633813fc60c",
      spanId: "00000000000000a3",
    }]),
    code: "link_not_allowed",
    at: `${LLM}.links[0]`,
  },
  {
    name: "a link to the model's call",
    mutate: put(`${CALL}.links[0].spanId`, "00000000000000a2"),
    code: "link_role",
    at: `${CALL}.links[0].spanId`,
  },
  {
    name: "a link to a denial",
    mutate: all(
      put(`${CHECK}{agent.policy.decision}.value`, text("deny")),
      attribute(CHECK, { key: "agent.policy.rule_id", value: text("x") }),
      put(`${CHECK}.status`, { code: 2, message: "No" }),
    ),
    code: "link_decision",
    at: `${CALL}.links[0].spanId`,
  },
  {
    name: "a link to an escalation",
    mutate: all(
      put(`${CHECK}{agent.policy.decision}.value`, text("escalate")),
      attribute(CHECK, { key: "agent.policy.rule_id", value: text("x") }),
    ),
    code: "link_decision",
    at: `${CALL}.links[0].spanId`,
  },
  {
    name: "a link to a check of another step",
    mutate: all(
      copy(CHECK),
      put(`${ADDED}.spanId`, "00000000000000b3"),
      put(`${ADDED}.parentSpanId`, "00000000000000b1"),
      put(`${ADDED}{agent.step_index}.value`, { intValue: "2" }),
      put(`${ADDED}.startTimeUnixNano`, "1778025600014000000"),
      put(`${ADDED}.endTimeUnixNano`, "1778025600015000000"),
      put(`${CALL}.links[0].spanId`, "00000000000000b3"),
    ),
    code: "link_step",
    at: `${CALL}.links[0].spanId`,
  },
  {
    name: "a link to a check of another tool",
    mutate: put(`${CHECK}{agent.tool_name}.value`, text("write")),
    code: "link_tool_name",
    at: `${CALL}.links[0].spanId`,
  },
  {
    name: "a link to a check that came too late",
    mutate: put(`${CHECK}.endTimeUnixNano`, "1778025600005000001"),
    code: "link_check_late",
    at: `${CALL}.links[0].spanId`,
  },
  {
    name: "two tool_calls with one check",
    mutate: all(
      SECOND_CALL,
      put("spans[9].links[0].spanId", "00000000000000a3"),
    ),
    code: "link_check_reused",
    at: "spans[9].links[0].spanId",
  },

  // Retries
  {
    name: "an attempt that is missing",
    mutate: drop(TRY_1),
    code: "retry_attempt_number",
    at: `${TRY_1}{agent.retry.attempt}`,
  },
  {
    name: "two attempts with one number",
    mutate: put(`${TRY_2}{agent.retry.attempt}.value`, { intValue: "1" }),
    code: "retry_attempt_number",
    at: `${TRY_2}{agent.retry.attempt}`,
  },
  {
    name: "attempts that are numbered against time",
    mutate: all(
      put(`${TRY_1}{agent.retry.attempt}.value`, { intValue: "2" }),
      put(`${TRY_2}{agent.retry.attempt}.value`, { intValue: "1" }),
    ),
    code: "retry_attempt_number",
    at: `${TRY_1}{agent.retry.attempt}`,
  },
  ...[
    "success",
    "exhausted",
    "non_retryable",
    "permission_denied",
  ].map((outcome) => ({
    name: `another attempt after ${outcome}`,
    mutate: put(`${TRY_1}{agent.retry.outcome}.value`, text(outcome)),
    code: "retry_outcome_order",
    at: `${TRY_1}{agent.retry.outcome}`,
  })),
];
