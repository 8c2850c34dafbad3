import { z } from "../../deps.ts";
import type { RunEvent } from "../../runtime/record/event.ts";
import type { LlmInput, LlmOutput } from "../../runtime/llm/llm.ts";
import { agentLoop } from "../../runtime/loop.ts";
import type { Usage } from "../../runtime/record/usage.ts";
import { toolRegistry } from "../../tools/registry.ts";
import { idleEnv, longRun } from "../bench/long_run.ts";
import type { HostileCase } from "./cases.ts";
import type { Outcome } from "./outcome.ts";
import { policyWith } from "./policy.ts";
import { recordedTool } from "./recorded_tool.ts";

interface Answer {
  /** As reported, whatever it is. */
  readonly usage?: Readonly<Record<string, unknown>> | undefined;
  /** Usage that comes with the end of the stream; for the loop it is the same. */
  readonly late_usage?: Readonly<Record<string, unknown>> | undefined;
  readonly tool_calls: number;
}

const usageSchema = z.optional(z.record(z.string(), z.unknown()));
const inputSchema: z.ZodMiniType<readonly Answer[]> = z.array(z.strictObject({
  usage: usageSchema,
  late_usage: usageSchema,
  tool_calls: z.number(),
}));
const contextSchema = z.object({
  policy: z.object({
    max_iterations: z.number(),
    max_tool_calls: z.number(),
    max_tokens: z.number(),
  }),
  stop_at_or_before_step: z.optional(z.number()),
  decode: z.optional(z.record(z.string(), z.literal("Number(string)"))),
});

/** `input` is what a model answers, in order; it is allowed when all of it is. */
export async function playBudget(
  { input, context }: HostileCase,
): Promise<Outcome> {
  const { policy: limits, stop_at_or_before_step = Infinity, decode = {} } =
    contextSchema.parse(context);
  const decoded = Object.keys(decode).map((path) => path.split(".").at(-1));
  const answers = inputSchema.parse(input);
  let calls = 0;
  function answerOf({ step }: LlmInput): Promise<LlmOutput> {
    const { usage, late_usage, tool_calls = 0 } = answers[step - 1] ?? {};
    const used = usage ?? late_usage;
    const proposed = Array.from({ length: tool_calls }, () => {
      calls += 1;
      const args_json = JSON.stringify({ n: calls });
      return { id: `call_${calls}`, tool: "count", args_json };
    });
    return Promise.resolve({
      ...proposed.length > 0 ? { calls: proposed } : { answer: "done" },
      usage: used && reported(used, decoded),
    });
  }
  const policy = policyWith({
    tool_registry: { allowed: ["count"], denied: [] },
    loop_budget: limits,
  });
  const tools = toolRegistry([recordedTool("count")]);
  const spec = { ...longRun(1), policy, tools, llm: answerOf };
  const events: RunEvent[] = [];
  for await (const event of agentLoop(spec, idleEnv())) {
    events.push(event);
    if (event.step > answers.length) break;
  }
  return outcomeOf(events, { answers: answers.length, stop_at_or_before_step });
}

/** Usage as a provider wrote it, which need not be what its type says. */
function reported(
  usage: Readonly<Record<string, unknown>>,
  decoded: readonly (string | undefined)[],
): Usage {
  const written: Usage = Object.create(Object.prototype);
  for (const [key, value] of Object.entries(usage)) {
    Reflect.set(written, key, decoded.includes(key) ? Number(value) : value);
  }
  return written;
}

function outcomeOf(
  events: readonly RunEvent[],
  { answers, stop_at_or_before_step }: {
    readonly answers: number;
    readonly stop_at_or_before_step: number;
  },
): Outcome {
  const end = events.at(-1);
  if (end === undefined) throw new Error("The run has no events");
  const leaks = end.step > stop_at_or_before_step
    ? [`the run went on to step ${end.step}`]
    : [];
  const isDone = end.step > answers ||
    end.type === "run_finished" && end.terminal_reason === "final_answer";
  if (isDone) {
    return { kind: "allow", rule: null, said: "", ran: answers, leaks };
  }
  const last = events.filter(({ step }) => step === end.step);
  const denial = last.find((event) => event.type === "policy_checked");
  return {
    kind: denial?.decision === "deny" ? "deny" : "error",
    rule: denial?.rule_id ?? null,
    said: JSON.stringify(denial ?? last),
    // What the steps before were within their limits for has run.
    ran: last.filter(({ type }) => type === "tool_started").length,
    leaks,
  };
}
