import { z } from "../../deps.ts";
import { toolRegistry } from "../../tools/registry.ts";
import type { HostileCase } from "./cases.ts";
import { gateOpener, noPaths } from "./gates.ts";
import { policyWith } from "./policy.ts";
import { recordedTool } from "./recorded_tool.ts";
import type { Trial } from "./trial.ts";

const inputSchema = z.array(z.object({ tool: z.string(), args: z.json() }));
const contextSchema = z.object({
  policy: z.object({ max_period: z.number(), period_repeats: z.number() }),
  deny_at_or_before: z.optional(z.number()),
});

/**
 * `input` is what is called, in order; arguments that are a string are raw text.
 * The third identical call is one too many, unless the case is a rotation.
 */
export function cycleTrial({ input, context, rule_id }: HostileCase): Trial {
  const calls = inputSchema.parse(input);
  const { policy: limits, deny_at_or_before } = contextSchema.parse(context);
  const names = [...new Set(calls.map(({ tool }) => tool))];
  const policy = policyWith({
    tool_registry: { allowed: names, denied: [] },
    cycle_detection: {
      max_period: limits.max_period,
      max_repeats: rule_id.endsWith(".periodic") ? limits.period_repeats : 2,
    },
  });
  const tools = toolRegistry(names.map((name) => recordedTool(name)));
  return {
    open: gateOpener({ policy: policy.document, tools, inspect: noPaths }),
    calls: calls.slice(0, deny_at_or_before).map(({ tool, args }) => ({
      tool,
      args_json: typeof args === "string" ? args : JSON.stringify(args),
    })),
    tools,
  };
}
