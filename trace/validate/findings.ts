/** Everything the validator can find: code → meaning. */
export const TRACE_FINDING_CODES = {
  // The text
  json_syntax: "The text is not JSON",
  json_duplicate_key: "An object of the text has the same key twice",

  // OTLP/JSON: keys and types
  wrong_type: "A value has another JSON type than OTLP/JSON gives it",
  unknown_key: "An object has a key that we never write there",
  snake_case_key: "A key is written in snake_case instead of lowerCamelCase",
  missing_key: "An object lacks a key that it must have",
  empty_string: "A string that must not be empty is empty",
  ill_formed_string: "A string has a lone surrogate, so it has no UTF-8 form",
  resource_spans_count: "The document has not exactly one resourceSpans entry",
  scope_spans_count: "The resource has not exactly one scopeSpans entry",
  service_name: "The resource does not name our service",

  // OTLP/JSON: values
  trace_id_invalid: "A trace id is not 32 lower-case hex digits, or all zero",
  span_id_invalid: "A span id is not 16 lower-case hex digits, or all zero",
  kind_invalid: "A span kind is not an integer from 1 to 5",
  time_invalid:
    "A time is not the decimal string of an unsigned 64-bit integer",
  attribute_duplicate: "A list of attributes has the same key twice",
  attribute_value_count: "An attribute value has not exactly one member",
  attribute_value_kind:
    "An attribute value is of a kind that we never write: key-value list, bytes or nested array",
  int_value_invalid: "An intValue is not the decimal string of an int64",
  double_value_invalid: "A doubleValue is not a finite number",
  status_empty: "A status is empty; an unset status must be left out",
  status_code_invalid: "A status code is not 1 (ok) or 2 (error)",
  status_message_missing: "A status with code 2 has no message",

  // The spans among each other
  trace_id_mixed: "Not all spans have the same trace id",
  span_id_duplicate: "Two spans have the same id",
  parent_self: "A span is its own parent",
  parent_missing: "A parent is not in the document",
  parent_cycle: "Spans are each other's ancestors",
  end_before_start: "A span ends before it starts",
  outside_parent: "A span is not inside its parent in time",
  link_target_missing: "A link leads to a span that is not in the document",

  // Our contract: one span
  span_name_unknown: "A span has none of the five names",
  attribute_missing: "A span lacks an attribute that it must have",
  attribute_unknown: "An attribute is not part of the contract",
  attribute_not_allowed: "An attribute of the contract is on the wrong span",
  attribute_type: "An attribute has the wrong type",
  attribute_value: "An attribute has a value outside of what is allowed",
  denial_status: "A denial has no error status",
  exception_status: "A tool call with an exception class has no error status",
  tool_name_mismatch: "gen_ai.tool.name differs from agent.tool_name",

  // Our contract: the run
  parent_role: "A span has a parent of the wrong name, or lacks one",
  run_id_mixed: "Not all spans have the same run id",
  agent_step_missing: "The document has no agent_step",
  step_index_mismatch: "A span has another step index than its agent_step",
  step_index_duplicate: "Two agent_steps have the same step index",
  step_index_gap: "The step indexes do not run 1, 2, 3 without a gap",
  terminal_reason_missing: "No agent_step says why the run ended",
  terminal_reason_misplaced:
    "agent.terminal_reason is on an agent_step that is not the last",

  // Our contract: who allowed the tool call
  tool_call_unlinked: "A tool_call has no link, so no check allowed it",
  tool_call_many_links: "A tool_call has more than one link",
  link_not_allowed: "A span that is not a tool_call has a link",
  link_role: "A tool_call is linked to something other than a policy_check",
  link_decision: "A tool_call is linked to a check that did not allow it",
  link_step: "A tool_call is linked to a check of another step",
  link_tool_name: "A tool_call is linked to a check of another tool",
  link_check_late: "A tool_call starts before the check that allowed it ended",
  link_check_reused: "Two tool_calls are linked to the same check",

  // Our contract: retries
  retry_attempt_number:
    "The attempts under one parent are not numbered 1, 2, 3 in time order",
  retry_outcome_order:
    "An attempt was followed by another though its outcome was final",
} as const;

/** The code of one kind of finding. */
export type TraceFindingCode = keyof typeof TRACE_FINDING_CODES;

/** One thing that is wrong with a trace document. */
export interface TraceFinding {
  /** Stable snake_case code, a key of `TRACE_FINDING_CODES`. */
  readonly code: string;
  /**
   * Where: `resourceSpans[0].scopeSpans[0].spans[3].attributes[2]`, or `$` for
   * the document as a whole.
   */
  readonly path: string;
  /** What is wrong there, for people. */
  readonly message: string;
}

const MAX_PER_CODE = 10;

/**
 * Collects findings in the order in which they are made. Of each code it keeps
 * the first ten; the tenth says how many more there were.
 */
export class Findings {
  readonly #kept: {
    readonly code: TraceFindingCode;
    readonly path: string;
    readonly message: string;
  }[] = [];
  readonly #made = new Map<TraceFindingCode, number>();

  /** True as long as nothing was found. */
  get none(): boolean {
    return this.#kept.length === 0;
  }

  /** Adds a finding of `code` at `path`. */
  add(
    code: TraceFindingCode,
    { path, message }: { readonly path: string; readonly message: string },
  ): void {
    const made = (this.#made.get(code) ?? 0) + 1;
    this.#made.set(code, made);
    if (made <= MAX_PER_CODE) this.#kept.push({ code, path, message });
  }

  /** Adds one finding at the first of `paths`; the others are only counted. */
  addOnce(
    code: TraceFindingCode,
    { paths, message }: {
      readonly paths: readonly string[];
      readonly message: string;
    },
  ): void {
    const [path, ...others] = paths;
    if (path === undefined) return;
    const more = others.length === 0
      ? ""
      : ` (and ${others.length} more places)`;
    this.add(code, { path, message: message + more });
  }

  /** Lists what was found. */
  list(): readonly TraceFinding[] {
    const listed = new Map<TraceFindingCode, number>();
    return this.#kept.map((finding) => {
      const count = (listed.get(finding.code) ?? 0) + 1;
      listed.set(finding.code, count);
      const more = (this.#made.get(finding.code) ?? 0) - MAX_PER_CODE;
      if (count < MAX_PER_CODE || more <= 0) return { ...finding };
      const message = `${finding.message} (and ${more} more findings like it)`;
      return { ...finding, message };
    });
  }
}
