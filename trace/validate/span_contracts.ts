import {
  anything,
  type AttributeRule,
  duration,
  intFrom,
  matching,
  oneOf,
  onlyFalse,
  string,
  strings,
  text,
} from "./attribute_rules.ts";

/** What the contract says about the spans of one name. */
export interface SpanContract {
  /** Names that the parent may have; none means that there is no parent. */
  readonly parents: readonly string[];
  readonly required: Readonly<Record<string, AttributeRule>>;
  readonly optional: Readonly<Record<string, AttributeRule>>;
}

const EVERY_SPAN: Readonly<Record<string, AttributeRule>> = {
  "agent.run_id": text,
  "agent.step_index": intFrom(1n),
};

const POLICY_METADATA: Readonly<Record<string, AttributeRule>> = {
  "policy.tool": string,
  "policy.approver": string,
  "policy.url": string,
  "policy.host": string,
  "policy.address": string,
  "policy.redirects": intFrom(0n),
  "policy.max_redirects": intFrom(0n),
  "policy.target_path": string,
  "policy.resolved_path": string,
  "policy.sandbox_root": string,
  "policy.iterations": intFrom(0n),
  "policy.max_iterations": intFrom(0n),
  "policy.tokens": intFrom(0n),
  "policy.max_tokens": intFrom(0n),
  "policy.cost": string,
  "policy.max_cost": string,
  "policy.model": string,
  "policy.unpriced": oneOf("all", "cache_write"),
  "policy.limit_kind": oneOf(
    "iterations",
    "tokens",
    "cost",
    "tool_calls",
    "denials",
    "seconds",
  ),
  "policy.seconds": intFrom(0n),
  "policy.max_seconds": intFrom(0n),
  "policy.requested_tool": string,
  "policy.schema_error": string,
  "policy.failed_path": string,
  "policy.repeats": intFrom(0n),
  "policy.max_repeats": intFrom(0n),
};

const METADATA_KEY = /^policy\.[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;

/** The five kinds of span, by name. */
export const SPAN_CONTRACTS: ReadonlyMap<string, SpanContract> = new Map<
  string,
  SpanContract
>([
  ["agent_step", {
    parents: [],
    required: EVERY_SPAN,
    optional: {
      "agent.failure_mode": oneOf(
        "tool_call_failure",
        "retry_exhaustion",
        "schema_mismatch",
        "cycle_detection",
        "catalogued_unhandled",
      ),
      "agent.terminal_reason": oneOf(
        "final_answer",
        "loop_budget",
        "policy_denial_terminal",
        "failure_mode_terminal",
        "cancelled",
      ),
      "agent.cost": matching(
        /^(\d+\.\d{2,9} [A-Z]{3}|unknown)$/,
        'an amount of money, such as "0.0125 EUR", or "unknown"',
      ),
      "error.type": text,
    },
  }],
  ["llm_call", {
    parents: ["agent_step"],
    required: {
      ...EVERY_SPAN,
      "agent.llm.execution_path": oneOf("stub", "local", "hosted", "replay"),
      "gen_ai.operation.name": oneOf("chat"),
      "gen_ai.provider.name": text,
      "gen_ai.request.model": text,
    },
    optional: {
      "gen_ai.response.model": text,
      "gen_ai.usage.input_tokens": intFrom(0n),
      "gen_ai.usage.output_tokens": intFrom(0n),
      "gen_ai.response.finish_reasons": strings,
      "gen_ai.input.messages": string,
      "gen_ai.output.messages": string,
      "error.type": text,
    },
  }],
  ["policy_check", {
    parents: ["agent_step"],
    required: {
      ...EVERY_SPAN,
      "agent.policy.decision": oneOf("allow", "deny", "escalate"),
      "policy.version": matching(/^[0-9a-f]{12}$/, "12 lower-case hex digits"),
    },
    optional: {
      "agent.policy.rule_id": text,
      "agent.policy.enforced": onlyFalse,
      // A model may propose a tool without a name.
      "agent.tool_name": string,
      "error.type": text,
    },
  }],
  ["tool_call", {
    parents: ["agent_step"],
    required: {
      ...EVERY_SPAN,
      "agent.tool_name": text,
      "gen_ai.operation.name": oneOf("execute_tool"),
      "gen_ai.tool.name": text,
      "gen_ai.tool.call.id": text,
      "gen_ai.tool.type": text,
    },
    optional: {
      "agent.tool.exception_class": text,
      "gen_ai.tool.call.arguments": string,
      "gen_ai.tool.call.result": string,
      "error.type": text,
    },
  }],
  ["retry_attempt", {
    parents: ["tool_call", "llm_call"],
    required: {
      ...EVERY_SPAN,
      "agent.retry.attempt": intFrom(1n),
      "agent.retry.outcome": oneOf(
        "success",
        "transient_failure",
        "exhausted",
        "non_retryable",
        "permission_denied",
      ),
    },
    optional: {
      "agent.retry.backoff_ms": duration,
      "error.type": text,
    },
  }],
]);

function own(
  rules: Readonly<Record<string, AttributeRule>>,
  key: string,
): AttributeRule | undefined {
  return Object.hasOwn(rules, key) ? rules[key] : undefined;
}

/** Finds the rule for the attribute `key` on a span with the name `on`. */
export function ruleFor(key: string, on: string): AttributeRule | undefined {
  const contract = SPAN_CONTRACTS.get(on);
  if (contract === undefined) return undefined;
  const listed = own(contract.required, key) ?? own(contract.optional, key);
  if (listed !== undefined || on !== "policy_check") return listed;
  return METADATA_KEY.test(key)
    ? own(POLICY_METADATA, key) ?? anything
    : undefined;
}

/** Tells whether the contract has the attribute `key` on any span. */
export function isInContract(key: string): boolean {
  return [...SPAN_CONTRACTS.keys()].some((name) => ruleFor(key, name));
}
