import { loadPolicy, type Policy } from "../mod.ts";

/** A policy for a loop of one's own: the tool `work` may be called, and what begins with "ask" is for a person. */
export const GOVERNED_POLICY: Policy = loadPolicy(
  `version: 1
on_deny: continue
tool_registry: { allowed: [work, elsewhere], denied: [] }
url_allowlist: []
escalate:
  - tools: [work]
    when: [{ argument: text, starts_with: ask }]
    reason: a person is to see it
sandbox: { isolation: process }
arg_schema: { enforcement: strict, max_bytes: 4096, max_depth: 4 }
loop_budget: { max_iterations: 1, max_tool_calls: 30, max_parallel: 4 }
cycle_detection: { max_repeats: 9, max_period: 2 }
retry: { max_retries: 1, backoff_base_ms: 1, backoff_cap_ms: 1 }
`,
  "policy.yaml",
);
