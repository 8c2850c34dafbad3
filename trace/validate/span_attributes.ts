import type { Findings } from "./findings.ts";
import { show } from "./json_node.ts";
import type { Span } from "./otlp_shape.ts";
import { isInContract, ruleFor, SPAN_CONTRACTS } from "./span_contracts.ts";

/** Reads the string attribute `key`; undefined if it is not a string. */
export function stringOf(span: Span, key: string): string | undefined {
  const value = span.attributes.get(key)?.value;
  return value?.type === "string" ? value.value : undefined;
}

/** Reads the int attribute `key`; undefined if it is not an int. */
export function intOf(span: Span, key: string): bigint | undefined {
  const value = span.attributes.get(key)?.value;
  return value?.type === "int" ? value.value : undefined;
}

/** Names the place of the attribute `key`, or of the list that lacks it. */
export function attributePath(span: Span, key: string): string {
  return span.attributes.get(key)?.path ?? `${span.path}.attributes`;
}

function checkRequired(
  span: Span,
  { keys, findings }: {
    readonly keys: readonly string[];
    readonly findings: Findings;
  },
): void {
  for (const key of keys) {
    if (span.attributes.has(key)) continue;
    findings.add("attribute_missing", {
      path: `${span.path}.attributes`,
      message: `Attribute ${key} is missing`,
    });
  }
}

function checkValues(span: Span, findings: Findings): void {
  for (const [key, { path, value }] of span.attributes) {
    const rule = ruleFor(key, span.name);
    if (rule !== undefined) {
      const objection = rule(value);
      if (objection === undefined) continue;
      const message = `${key}: ${objection.message}`;
      findings.add(objection.code, { path, message });
    } else if (isInContract(key)) {
      const message = `${key} does not belong on ${span.name}`;
      findings.add("attribute_not_allowed", { path, message });
    } else {
      const message = `${show(key)} is not in the contract`;
      findings.add("attribute_unknown", { path, message });
    }
  }
}

function forbid(
  span: Span,
  { key, because, findings }: {
    readonly key: string;
    readonly because: string;
    readonly findings: Findings;
  },
): void {
  const path = span.attributes.get(key)?.path;
  if (path === undefined) return;
  const message = `${key} must be absent: ${because}`;
  findings.add("attribute_not_allowed", { path, message });
}

function checkStatus(
  span: Span,
  { code, message, findings }: {
    readonly code: "denial_status" | "exception_status";
    readonly message: string;
    readonly findings: Findings;
  },
): void {
  if (span.statusCode === 2) return;
  const path = span.statusCode === undefined
    ? span.path
    : `${span.path}.status`;
  findings.add(code, { path, message });
}

function checkPolicyCheck(span: Span, findings: Findings): void {
  const decision = stringOf(span, "agent.policy.decision");
  if (decision === "allow") {
    const because = "the decision is allow";
    forbid(span, { key: "agent.policy.rule_id", because, findings });
    forbid(span, { key: "agent.policy.enforced", because, findings });
  } else if (decision === "deny" || decision === "escalate") {
    checkRequired(span, { keys: ["agent.policy.rule_id"], findings });
  }
  if (decision === "deny") {
    const message = "A denial needs status code 2";
    checkStatus(span, { code: "denial_status", message, findings });
  }
  if (stringOf(span, "agent.policy.rule_id") === "loop_budget") {
    const because = "a loop budget is not about a tool";
    forbid(span, { key: "agent.tool_name", because, findings });
  } else {
    checkRequired(span, { keys: ["agent.tool_name"], findings });
  }
}

function checkToolCall(span: Span, findings: Findings): void {
  const ours = stringOf(span, "agent.tool_name");
  const theirs = stringOf(span, "gen_ai.tool.name");
  if (ours !== undefined && theirs !== undefined && ours !== theirs) {
    findings.add("tool_name_mismatch", {
      path: attributePath(span, "gen_ai.tool.name"),
      message: `Is ${show(theirs)}, agent.tool_name is ${show(ours)}`,
    });
  }
  if (!span.attributes.has("agent.tool.exception_class")) return;
  checkRequired(span, { keys: ["error.type"], findings });
  const message = "A tool call with an exception class needs status code 2";
  checkStatus(span, { code: "exception_status", message, findings });
}

/** Complains about names and attributes of single spans. */
export function checkSpanAttributes(
  spans: readonly Span[],
  findings: Findings,
): void {
  for (const span of spans) {
    const contract = SPAN_CONTRACTS.get(span.name);
    if (contract === undefined) {
      findings.add("span_name_unknown", {
        path: `${span.path}.name`,
        message: `There are no spans named ${show(span.name)}`,
      });
      continue;
    }
    checkRequired(span, { keys: Object.keys(contract.required), findings });
    checkValues(span, findings);
    if (span.name === "policy_check") checkPolicyCheck(span, findings);
    if (span.name === "tool_call") checkToolCall(span, findings);
  }
}
