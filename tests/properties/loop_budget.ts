import fc from "fast-check";
import type { ModelPrices } from "../../policy/document/max_cost.ts";
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

/** What a token costs of the model that is asked, and of another one that may answer. */
const PRICES: Readonly<Record<"asked" | "other", ModelPrices>> = {
  asked: { input: 3, output: 7 },
  other: { input: 2, output: 9, cached_input: 1, reasoning: 11 },
};

interface Limits {
  readonly max_iterations: number;
  readonly max_tokens: number;
  readonly max_tool_calls: number;
  /** In 10^-9 of the currency's unit. */
  readonly max_nanos: number;
}

interface Answer {
  readonly usage: Usage | undefined;
  /** Which model answers; `unknown` has no price. */
  readonly by: "asked" | "other" | "unknown";
  /** The tools that are called; `gone` is denied. */
  readonly calls: readonly string[];
}

const limits = fc.record({
  max_iterations: fc.integer({ min: 1, max: 6 }),
  max_tokens: fc.integer({ min: 1, max: 100 }),
  max_tool_calls: fc.integer({ min: 1, max: 8 }),
  max_nanos: fc.integer({ min: 1, max: 500 }),
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
  cached_input_tokens: fc.option(tokens, { freq: 3, nil: undefined }),
  output_tokens: tokens,
  reasoning_tokens: fc.option(tokens, { nil: undefined }),
  total_tokens: fc.option(tokens, { nil: undefined }),
});

const answers: fc.Arbitrary<readonly Answer[]> = fc.array(
  fc.record({
    usage: fc.option(usage, { freq: 12, nil: undefined }),
    by: fc.oneof(
      {
        weight: 9,
        arbitrary: fc.constantFrom("asked" as const, "other" as const),
      },
      { weight: 1, arbitrary: fc.constant("unknown" as const) },
    ),
    calls: fc.array(fc.constantFrom("count", "count", "gone"), {
      maxLength: 4,
    }),
  }),
  { maxLength: 8 },
);

function outputOf({ usage, by, calls }: Answer, step: number): LlmOutput {
  const model = by === "asked" ? undefined : by;
  if (calls.length === 0) return { answer: "done", usage, model };
  return {
    usage,
    model,
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
  const paid = answers.slice(0, ran.at(-1)?.step ?? 0);
  const spent = paid.reduce((sum, { usage }) => sum + tokensIn(usage), 0);
  const cost = paid.reduce((sum, answer) => sum + leastCostOf(answer), 0);
  return events.at(-1)?.type === "run_finished" &&
    asked <= limits.max_iterations &&
    ran.length <= limits.max_tool_calls &&
    spent <= limits.max_tokens && cost <= limits.max_nanos;
}

/** What an answer costs at the least; infinite when that is unknown. */
function leastCostOf({ usage, by }: Answer): number {
  if (usage === undefined || by === "unknown") return Infinity;
  const { cached_input_tokens: cached = 0, reasoning_tokens = 0 } = usage;
  if (tokensIn(usage) === Infinity || cached < 0 || !Number.isInteger(cached)) {
    return Infinity;
  }
  if (cached > usage.input_tokens) return Infinity;
  const { input, output, cached_input = input, reasoning = output } =
    PRICES[by];
  return (usage.input_tokens - cached) * input + cached * cached_input +
    usage.output_tokens * output + reasoning_tokens * reasoning;
}

/** How many tokens an answer has; infinite when that is unknown. */
function tokensIn(usage: Answer["usage"]): number {
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
      async ({ max_nanos, ...limits }, answers, on_deny) => {
        const run = longRun(1);
        const { provider, model } = run.model;
        const max_cost = {
          amount: `0.${String(max_nanos).padStart(9, "0")}`,
          currency: "EUR",
          prices: {
            [`${provider}/${model}`]: PRICES.asked,
            [`${provider}/other`]: PRICES.other,
          },
        };
        const loop_budget = { ...limits, max_cost };
        const document = { ...base.document, loop_budget, on_deny };
        const spec = {
          ...run,
          policy: { ...base, document },
          tools,
          llm({ step }: LlmInput) {
            const answer = answers[step - 1] ??
              { usage: undefined, by: "asked" as const, calls: [] };
            return Promise.resolve(outputOf(answer, step));
          },
        };
        const events: RunEvent[] = [];
        for await (const event of agentLoop(spec, idleEnv())) {
          events.push(event);
        }
        return isWithin(events, {
          limits: { ...limits, max_nanos },
          answers,
        });
      },
    ),
  ),
];
