import { readToolDefinitions } from "../../cli/input/tool_definitions.ts";
import { z } from "../../deps.ts";
import { asPlainJson } from "../../tools/data/plain_json.ts";
import { toolRegistry } from "../../tools/registry.ts";
import type { HostileCase } from "./cases.ts";
import { gateOpener, noPaths } from "./gates.ts";
import { type Outcome, stopped } from "./outcome.ts";
import { policyWith } from "./policy.ts";
import { recordedTool } from "./recorded_tool.ts";
import type { Trial } from "./trial.ts";

const schema = z.object({
  form: z.enum(["json_text", "js_expr"]),
  policy: z.object({
    schema: z.json(),
    max_bytes: z.number(),
    max_depth: z.number(),
  }),
});

/**
 * `input` is the raw text of the arguments, or an expression whose value somebody
 * hands over instead: plain data becomes text, anything else goes no further.
 */
export function argumentTrial(
  { input, context }: HostileCase,
): Trial | Outcome {
  const { form, policy: { schema: input_schema, ...limits } } = schema
    .parse(context);
  const text = form === "json_text" ? String(input) : textOf(String(input));
  if (text === undefined) {
    return stopped("error", { said: "the arguments are not plain data" });
  }
  const { tools: definitions } = readToolDefinitions(
    JSON.stringify([{ name: "tool", input_schema }]),
    "hostile case",
  );
  const policy = policyWith({
    tool_registry: { allowed: ["tool"], denied: [] },
    arg_schema: limits,
  });
  const tools = toolRegistry(
    [...definitions.values()].map(({ name, args }) => recordedTool(name, args)),
  );
  return {
    open: gateOpener({ policy: policy.document, tools, inspect: noPaths }),
    calls: [{ tool: "tool", args_json: text }],
    tools,
  };
}

function textOf(expression: string): string | undefined {
  const plain = asPlainJson(new Function(`return ${expression}`)());
  return plain === undefined ? undefined : JSON.stringify(plain);
}
