import { assertEquals } from "@std/assert";
import { join } from "../deps.ts";
import { validateTraceText } from "../trace/validate/validate.ts";
import { CANONICAL_RUN } from "./canonical_run.ts";
import { lacks } from "./permissions.ts";
import { PROJECT } from "./program.ts";

/** What the committed trace of a run must show, in the words of the trace itself. */
interface Signature {
  readonly run: string;
  /** agent_step, llm_call, policy_check, tool_call, retry_attempt. */
  readonly spans: readonly number[];
  readonly terminal: string;
  /** The rule of each decision that is not `allow`; the kind of limit for a budget. */
  readonly deny?: string;
  /** The failure mode of the last step that has one. */
  readonly failure?: string;
  readonly attempts?: readonly string[];
  readonly exception?: string;
}

const SIGNATURES: readonly Signature[] = [
  {
    run: CANONICAL_RUN,
    spans: [5, 5, 4, 4, 4],
    terminal: "final_answer",
    attempts: ["success", "success", "success", "success"],
  },
  {
    run: "policy_gates/pg1_off_allowlist_url",
    spans: [1, 1, 1, 0, 0],
    terminal: "policy_denial_terminal",
    deny: "url_allowlist",
  },
  {
    run: "policy_gates/pg2_sandbox_escape",
    spans: [1, 1, 1, 0, 0],
    terminal: "policy_denial_terminal",
    deny: "sandbox_path",
  },
  {
    run: "policy_gates/pg3_loop_budget",
    spans: [11, 10, 11, 10, 10],
    terminal: "loop_budget",
    deny: "loop_budget iterations",
    attempts: Array.from({ length: 10 }, () => "success"),
  },
  {
    run: "policy_gates/pg3_loop_budget_cost",
    spans: [2, 2, 2, 1, 1],
    terminal: "loop_budget",
    deny: "loop_budget cost",
    attempts: ["success"],
  },
  {
    run: "policy_gates/pg3_loop_budget_tokens",
    spans: [2, 2, 2, 1, 1],
    terminal: "loop_budget",
    deny: "loop_budget tokens",
    attempts: ["success"],
  },
  {
    run: "policy_gates/pg4_forbidden_tool",
    spans: [1, 1, 1, 0, 0],
    terminal: "policy_denial_terminal",
    deny: "tool_registry",
  },
  {
    run: "policy_gates/pg4_forbidden_tool_with_arg_schema_violation",
    spans: [1, 1, 1, 0, 0],
    terminal: "policy_denial_terminal",
    deny: "tool_registry",
  },
  {
    run: "policy_gates/pg5_arg_schema",
    spans: [1, 1, 1, 0, 0],
    terminal: "failure_mode_terminal",
    deny: "arg_schema",
    failure: "schema_mismatch",
  },
  {
    run: "policy_gates/pg1_unlisted_host_escalate",
    spans: [2, 2, 2, 0, 0],
    terminal: "final_answer",
    deny: "url_allowlist url_allowlist",
  },
  {
    run: "policy_gates/pg6_argument_rule_deny",
    spans: [1, 1, 1, 0, 0],
    terminal: "policy_denial_terminal",
    deny: "argument_rule",
  },
  {
    run: "policy_gates/pg6_argument_rule_require",
    spans: [2, 2, 2, 1, 1],
    terminal: "policy_denial_terminal",
    deny: "argument_rule",
    attempts: ["success"],
  },
  {
    run: "policy_gates/pg6_argument_rule_seen_in",
    spans: [3, 3, 3, 2, 2],
    terminal: "policy_denial_terminal",
    deny: "argument_rule",
    attempts: ["success", "success"],
  },
  {
    run: "policy_gates/pg7_call_limit",
    spans: [1, 1, 3, 2, 2],
    terminal: "policy_denial_terminal",
    deny: "call_limit",
    attempts: ["success", "success"],
  },
  {
    run: "policy_gates/pg8_flow_deny",
    spans: [3, 3, 3, 2, 2],
    terminal: "policy_denial_terminal",
    deny: "flow",
    attempts: ["success", "success"],
  },
  {
    run: "policy_gates/pg8_flow_escalate",
    spans: [2, 2, 4, 2, 2],
    terminal: "final_answer",
    deny: "flow flow",
    attempts: ["success", "success"],
  },
  {
    run: "failure_modes/tool_call_failure",
    spans: [2, 2, 1, 1, 3],
    terminal: "final_answer",
    failure: "tool_call_failure",
    attempts: ["transient_failure", "transient_failure", "success"],
  },
  {
    run: "failure_modes/retry_exhaustion",
    spans: [1, 1, 1, 1, 4],
    terminal: "failure_mode_terminal",
    failure: "retry_exhaustion",
    attempts: [
      "transient_failure",
      "transient_failure",
      "transient_failure",
      "exhausted",
    ],
  },
  {
    run: "failure_modes/schema_mismatch",
    spans: [1, 1, 1, 0, 0],
    terminal: "failure_mode_terminal",
    deny: "arg_schema",
    failure: "schema_mismatch",
  },
  {
    run: "failure_modes/cycle_detection",
    spans: [4, 4, 4, 3, 3],
    terminal: "policy_denial_terminal",
    deny: "cycle_detection",
    failure: "cycle_detection",
    attempts: ["success", "success", "success"],
  },
  {
    run: "failure_modes/catalogued_unhandled",
    spans: [1, 1, 1, 1, 1],
    terminal: "failure_mode_terminal",
    failure: "catalogued_unhandled",
    attempts: ["non_retryable"],
    exception: "SegmenterStateError",
  },
];

interface Span {
  readonly name: string;
  readonly attributes: readonly {
    readonly key: string;
    readonly value: { readonly stringValue?: string };
  }[];
}

interface Traces {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

/** Reads a signature off a trace, and nothing else. */
function signatureOf(run: string, text: string): Signature {
  const traces: Traces = JSON.parse(text);
  const spans = traces.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap((scope) => scope.spans);
  const named = (name: string) => spans.filter((span) => span.name === name);
  const values = (name: string, key: string) =>
    named(name).flatMap(({ attributes }) =>
      attributes.filter((each) => each.key === key)
        .map(({ value }) => value.stringValue ?? "")
    );
  const denied = values("policy_check", "agent.policy.rule_id");
  const kinds = values("policy_check", "policy.limit_kind");
  const failure = values("agent_step", "agent.failure_mode").at(-1);
  const attempts = values("retry_attempt", "agent.retry.outcome");
  const exception = values("tool_call", "agent.tool.exception_class")
    .find((each) => each !== "ToolError");
  return {
    run,
    spans: [
      "agent_step",
      "llm_call",
      "policy_check",
      "tool_call",
      "retry_attempt",
    ]
      .map((name) => named(name).length),
    terminal: values("agent_step", "agent.terminal_reason").join(" "),
    ...denied.length === 0 ? {} : { deny: [...denied, ...kinds].join(" ") },
    ...failure === undefined ? {} : { failure },
    ...attempts.length === 0 ? {} : { attempts },
    ...exception === undefined ? {} : { exception },
  };
}

for (const signature of SIGNATURES) {
  Deno.test({
    name:
      `the committed trace of ${signature.run} has its signature and is valid`,
    ignore: lacks("read"),
    fn() {
      const text = Deno.readTextFileSync(
        join(PROJECT, "runs", signature.run, "trace.json"),
      );
      assertEquals(signatureOf(signature.run, text), signature);
      assertEquals(validateTraceText(text), []);
    },
  });
}
