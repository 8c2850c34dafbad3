import type { Llm, LlmOutput } from "../../runtime/llm/llm.ts";
import type { RunSpec } from "../../runtime/run_spec.ts";
import type { Json } from "../../tools/data/json.ts";
import type { HiddenValues } from "../../tools/mcp/hidden_values.ts";
import { hidingRun } from "../../tools/mcp/hiding_run.ts";
import type { Tool } from "../../tools/tool.ts";

/**
 * The same run, in which what model and tools give back does not show some values: a
 * secret of a server can reach them in other ways than by it.
 */
export function hidingSpec(
  spec: RunSpec,
  hidden: HiddenValues,
): RunSpec {
  const tools = [...spec.tools].map(([name, tool]): [string, Tool] => [
    name,
    { ...tool, run: hidingRun(tool.run, hidden) },
  ]);
  return { ...spec, tools: new Map(tools), llm: hidingLlm(spec.llm, hidden) };
}

function hidingLlm(llm: Llm, { json }: HiddenValues): Llm {
  return async (input, signal): Promise<LlmOutput> => {
    const output = await llm(input, signal);
    const plain: Json = JSON.parse(JSON.stringify(output) ?? "null");
    const value = json(plain);
    return value === plain ? output : JSON.parse(JSON.stringify(value));
  };
}
