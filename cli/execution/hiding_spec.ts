import type { Llm, LlmOutput } from "../../runtime/llm/llm.ts";
import type { RunSpec } from "../../runtime/run_spec.ts";
import type { Json } from "../../tools/data/json.ts";
import { Redirect } from "../../tools/redirect.ts";
import { MAX_RESULT_LENGTH } from "../../tools/result_length.ts";
import type { Tool } from "../../tools/tool.ts";

/**
 * The same run, in which `shown` takes out of what model and tools give back what
 * must not be seen: a secret of a server can reach them in other ways than by it.
 */
export function hidingSpec(
  spec: RunSpec,
  shown: (value: Json) => Json,
): RunSpec {
  const tools = [...spec.tools].map(([name, tool]): [string, Tool] => [
    name,
    { ...tool, run: hidingRun(tool, shown) },
  ]);
  return { ...spec, tools: new Map(tools), llm: hidingLlm(spec.llm, shown) };
}

function hidingLlm(llm: Llm, shown: (value: Json) => Json): Llm {
  return async (input, signal): Promise<LlmOutput> => {
    const output = await llm(input, signal);
    const plain: Json = JSON.parse(JSON.stringify(output) ?? "null");
    const value = shown(plain);
    return value === plain ? output : JSON.parse(JSON.stringify(value));
  };
}

function hidingRun(
  { run }: Tool,
  shown: (value: Json) => Json,
): Tool["run"] {
  return async (args, context) => {
    const result = await run(args, context);
    if (result instanceof Redirect) return result;
    const text = JSON.stringify(result) ?? "null";
    return text.length > MAX_RESULT_LENGTH ? result : shown(JSON.parse(text));
  };
}
