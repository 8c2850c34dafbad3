import { z } from "../../deps.ts";
import { judgeOutput } from "../../runtime/llm/llm.ts";
import { toolRegistry } from "../../tools/registry.ts";
import type { HostileCase } from "./cases.ts";
import { gateOpener, noPaths } from "./gates.ts";
import { type Outcome, stopped } from "./outcome.ts";
import { policyWith } from "./policy.ts";
import { recordedTool } from "./recorded_tool.ts";
import type { Trial } from "./trial.ts";

const schema = z.object({
  policy: z.object({
    registered: z.array(z.string()),
    allow: z.array(z.string()),
    deny: z.array(z.string()),
  }),
});

/** `input` is the name that a model calls, in an output that is judged first. */
export function toolTrial({ input, context }: HostileCase): Trial | Outcome {
  const { registered, allow, deny } = schema.parse(context).policy;
  // A star never matched anything; now no policy with one can be loaded.
  const allowed = allow.filter((name) => name !== "*");
  const policy = policyWith({ tool_registry: { allowed, denied: deny } });
  const tools = toolRegistry(registered.map((name) => recordedTool(name)));
  const judged = judgeOutput(
    { calls: [{ id: "1", tool: input, args_json: "{}" }] },
    { limited: undefined },
  );
  if (!judged.ok) return stopped("error", { said: judged.reason });
  return {
    open: gateOpener({ policy: policy.document, tools, inspect: noPaths }),
    calls: judged.output.calls ?? [],
    tools,
  };
}
