import { z } from "../../deps.ts";
import type { Policy } from "../../policy/document/load.ts";
import { loadPolicy } from "../../policy/document/load.ts";
import { type Env, virtualClock } from "../../runtime/env.ts";
import type { RunSpec } from "../../runtime/run_spec.ts";
import type { GovernedSessionSpec } from "../../runtime/session/governed_session.ts";
import {
  scriptedLlm,
  type ScriptStep,
} from "../../runtime/llm/scripted_llm.ts";
import { toolRegistry } from "../../tools/registry.ts";
import { type Schema, standardSchema } from "../../tools/schema.ts";
import type { Tool } from "../../tools/tool.ts";

interface CountArgs {
  readonly n: number;
}

const args: Schema<CountArgs> = standardSchema(z.strictObject({ n: z.int() }));

/** A tool that takes no time, so that what is measured is everything else. */
const count: Tool<CountArgs> = {
  name: "count",
  description: "Return the number that it is given",
  effects: {},
  args,
  run: ({ n }) => Promise.resolve({ n }),
};

const POLICY = `version: 1
on_deny: terminate
tool_registry: { allowed: [count], denied: [] }
url_allowlist: []
sandbox: { isolation: process }
arg_schema: { enforcement: strict, max_bytes: 65536, max_depth: 32 }
loop_budget: { max_iterations: 1000000, max_tokens: 1000000000, max_tool_calls: 1000000 }
cycle_detection: { max_repeats: 3, max_period: 4 }
retry: { max_retries: 3, backoff_base_ms: 100, backoff_cap_ms: 2000 }
`;

/** A session of a loop of one's own, with the same tool. */
export function longSession(): GovernedSessionSpec {
  // A session has no model whose tokens could be limited.
  const text = POLICY.replace(" max_tokens: 1000000000,", "")
    .replace("on_deny: terminate", "on_deny: continue");
  return {
    runId: "long_session",
    seed: 0,
    policy: loadPolicy(text, "policy.yaml"),
    question: "How long?",
    tools: [count],
    sandbox: {
      inspect() {
        throw new RangeError("There is no path in this session");
      },
    },
  };
}

/** A run with `steps` steps of one tool call each, every call another one. */
export function longRun(steps: number): RunSpec {
  const policy: Policy = loadPolicy(POLICY, "policy.yaml");
  const script: ScriptStep[] = [];
  for (let n = 1; n < steps; n++) {
    script.push({
      calls: [{ tool: "count", args: { n } }],
      usage: { input_tokens: 100, output_tokens: 10 },
    });
  }
  script.push({ answer: "done" });
  const { llm, sha256 } = scriptedLlm(script);
  return {
    runId: "long_run",
    seed: 0,
    task: { id: "long_run", question: "How long?", text: "" },
    policy,
    tools: toolRegistry([count]),
    sandbox: {
      inspect() {
        throw new RangeError("There is no path in this run");
      },
    },
    llm,
    model: {
      execution_path: "stub",
      provider: "scripted",
      model: "long_run",
      script_sha256: sha256,
    },
    corpus: { sha256: "0".repeat(64), documents: 0 },
  };
}

/** An environment in which nothing waits. */
export function idleEnv(): Env {
  const clock = virtualClock(0n);
  return {
    now: clock.now,
    sleep: clock.sleep,
    deadline: clock.deadline,
    resolve: () => Promise.resolve(undefined),
    signal: new AbortController().signal,
  };
}
