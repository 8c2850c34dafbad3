import fc from "fast-check";
import type { RunEvent } from "../../runtime/record/event.ts";
import type { LlmInput, LlmOutput } from "../../runtime/llm/llm.ts";
import { agentLoop } from "../../runtime/loop.ts";
import type { Usage } from "../../runtime/record/usage.ts";
import { toolRegistry } from "../../tools/registry.ts";
import { idleEnv, longRun } from "../bench/long_run.ts";
import { policyWith } from "../hostile/policy.ts";
import { recordedTool } from "../hostile/recorded_tool.ts";
import { property } from "./property.ts";

const base = policyWith({
  tool_registry: { allowed: ["count"], denied: [] },
});
const tools = toolRegistry([recordedTool("count")]);

interface Limits {
  readonly max_iterations: number;
  readonly max_tokens: number;
  readonly max_tool_calls: number;
}

interface Answer {
  readonly usage: Usage | undefined;
  /** The tools that are called; `gone` is denied. */
  readonly calls: readonly string[];
}

const limits = fc.record({
  max_iterations: fc.integer({ min: 1, max: 6 }),
  max_tokens: fc.integer({ min: 1, max: 100 }),
  max_tool_calls: fc.integer({ min: 1, max: 8 }),
  max_denials: fc.integer({ min: 1, max: 3 }),
});

/** Mostly a count, sometimes what a provider should never report. */
const tokens = fc.oneof(
  { weight: 12, arbitrary: fc.nat({ max: 30 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(-1, 0.5, NaN, Infinity, -0, 2 ** 32, 2 ** 53),
  },
);

const usage = fc.record({
  input_tokens: tokens,
  output_tokens: tokens,
  reasoning_tokens: fc.option(tokens, { nil: undefined }),
  total_tokens: fc.option(tokens, { nil: undefined }),
});

const answers: fc.Arbitrary<readonly Answer[]> = fc.array(
  fc.record({
    usage: fc.option(usage, { freq: 12, nil: undefined }),
    calls: fc.array(fc.constantFrom("count", "count", "gone"), {
      maxLength: 4,
    }),
  }),
  { maxLength: 8 },
);

function outputOf({ usage, calls }: Answer, step: number): LlmOutput {
  if (calls.length === 0) return { answer: "done", usage };
  return {
    usage,
    calls: calls.map((tool, index) => {
      const id = `call_${step}_${index}`;
      return { id, tool, args_json: JSON.stringify({ id }) };
    }),
  };
}

/** Whether nothing ran, and no question was asked, beyond a limit. */
function isWithin(
  events: readonly RunEvent[],
  { limits, answers }: {
    readonly limits: Limits;
    readonly answers: readonly Answer[];
  },
): boolean {
  const asked = events.filter(({ type }) => type === "llm_completed").length;
  const ran = events.filter(({ type }) => type === "tool_started");
  const spent = answers.slice(0, ran.at(-1)?.step ?? 0)
    .reduce((sum, { usage }) => sum + costOf(usage), 0);
  return events.at(-1)?.type === "run_finished" &&
    asked <= limits.max_iterations &&
    ran.length <= limits.max_tool_calls &&
    spent <= limits.max_tokens;
}

/** What an answer costs; infinite when that is unknown. */
function costOf(usage: Answer["usage"]): number {
  if (usage === undefined) return Infinity;
  const { total_tokens = 0, reasoning_tokens = 0 } = usage;
  const { input_tokens, output_tokens } = usage;
  const all = [input_tokens, output_tokens, reasoning_tokens, total_tokens];
  if (!all.every((each) => Number.isSafeInteger(each) && each >= 0)) {
    return Infinity;
  }
  return Math.max(
    total_tokens,
    input_tokens + output_tokens + reasoning_tokens,
  );
}

export const BUDGET_PROPERTIES = [
  property(
    "no run goes beyond a limit, and every run ends",
    fc.asyncProperty(
      limits,
      answers,
      fc.constantFrom("terminate" as const, "continue" as const),
      async (loop_budget, answers, on_deny) => {
        const document = { ...base.document, loop_budget, on_deny };
        const spec = {
          ...longRun(1),
          policy: { ...base, document },
          tools,
          llm({ step }: LlmInput) {
            const answer = answers[step - 1] ?? { usage: undefined, calls: [] };
            return Promise.resolve(outputOf(answer, step));
          },
        };
        const events: RunEvent[] = [];
        for await (const event of agentLoop(spec, idleEnv())) {
          events.push(event);
        }
        return isWithin(events, { limits: loop_budget, answers });
      },
    ),
  ),
];
