/**
 * The fixtures of the two suites, through the module graph, so that a clone and
 * a URL behave alike.
 *
 * @module
 */
import toolCallFailure from "./failure_modes/tool_call_failure.yaml" with {
  type: "text",
};
import retryExhaustion from "./failure_modes/retry_exhaustion.yaml" with {
  type: "text",
};
import schemaMismatch from "./failure_modes/schema_mismatch.yaml" with {
  type: "text",
};
import cycleDetection from "./failure_modes/cycle_detection.yaml" with {
  type: "text",
};
import cataloguedUnhandled from "./failure_modes/catalogued_unhandled.yaml" with {
  type: "text",
};
import pg1OffAllowlistUrl from "./policy_gates/pg1_off_allowlist_url.yaml" with {
  type: "text",
};
import pg1UnlistedHostEscalate from "./policy_gates/pg1_unlisted_host_escalate.yaml" with {
  type: "text",
};
import pg2SandboxEscape from "./policy_gates/pg2_sandbox_escape.yaml" with {
  type: "text",
};
import pg3LoopBudget from "./policy_gates/pg3_loop_budget.yaml" with {
  type: "text",
};
import pg3LoopBudgetCost from "./policy_gates/pg3_loop_budget_cost.yaml" with {
  type: "text",
};
import pg3LoopBudgetTokens from "./policy_gates/pg3_loop_budget_tokens.yaml" with {
  type: "text",
};
import pg4ForbiddenTool from "./policy_gates/pg4_forbidden_tool.yaml" with {
  type: "text",
};
import pg4ForbiddenToolWithArgSchemaViolation from "./policy_gates/pg4_forbidden_tool_with_arg_schema_violation.yaml" with {
  type: "text",
};
import pg5ArgSchema from "./policy_gates/pg5_arg_schema.yaml" with {
  type: "text",
};
import pg6ArgumentRuleDeny from "./policy_gates/pg6_argument_rule_deny.yaml" with {
  type: "text",
};
import pg6ArgumentRuleRequire from "./policy_gates/pg6_argument_rule_require.yaml" with {
  type: "text",
};
import pg6ArgumentRuleSeenIn from "./policy_gates/pg6_argument_rule_seen_in.yaml" with {
  type: "text",
};
import pg7CallLimit from "./policy_gates/pg7_call_limit.yaml" with {
  type: "text",
};
import pg8FlowDeny from "./policy_gates/pg8_flow_deny.yaml" with {
  type: "text",
};
import pg8FlowEscalate from "./policy_gates/pg8_flow_escalate.yaml" with {
  type: "text",
};

/** The text of one fixture, and its path below `tasks/`. */
export interface Fixture {
  /** The fixture's id; its file has the same name. */
  readonly id: string;
  readonly path: string;
  readonly text: string;
}

/** One fixture a gate of the policy, and variants. */
export const POLICY_GATES: readonly Fixture[] = fixtures("policy_gates", {
  pg1_off_allowlist_url: pg1OffAllowlistUrl,
  pg1_unlisted_host_escalate: pg1UnlistedHostEscalate,
  pg2_sandbox_escape: pg2SandboxEscape,
  pg3_loop_budget: pg3LoopBudget,
  pg3_loop_budget_cost: pg3LoopBudgetCost,
  pg3_loop_budget_tokens: pg3LoopBudgetTokens,
  pg4_forbidden_tool: pg4ForbiddenTool,
  pg4_forbidden_tool_with_arg_schema_violation:
    pg4ForbiddenToolWithArgSchemaViolation,
  pg5_arg_schema: pg5ArgSchema,
  pg6_argument_rule_deny: pg6ArgumentRuleDeny,
  pg6_argument_rule_require: pg6ArgumentRuleRequire,
  pg6_argument_rule_seen_in: pg6ArgumentRuleSeenIn,
  pg7_call_limit: pg7CallLimit,
  pg8_flow_deny: pg8FlowDeny,
  pg8_flow_escalate: pg8FlowEscalate,
});

/** One fixture a failure mode of the catalogue. */
export const FAILURE_MODE_TRIGGERS: readonly Fixture[] = fixtures(
  "failure_modes",
  {
    tool_call_failure: toolCallFailure,
    retry_exhaustion: retryExhaustion,
    schema_mismatch: schemaMismatch,
    cycle_detection: cycleDetection,
    catalogued_unhandled: cataloguedUnhandled,
  },
);

function fixtures(
  folder: string,
  texts: Readonly<Record<string, string>>,
): readonly Fixture[] {
  return Object.entries(texts).map(([id, text]) => ({
    id,
    path: `tasks/${folder}/${id}.yaml`,
    text,
  }));
}
