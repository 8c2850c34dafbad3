import { loadPolicy } from "../../policy/document/load.ts";
import { toolRegistry } from "../../tools/registry.ts";
import type { Tool } from "../../tools/tool.ts";
import type { RecordedTool, RunStarted } from "../record/event.ts";
import type { RunSpec } from "../run_spec.ts";

/**
 * The run as its first event describes it; everything that it would touch must
 * come from the record.
 */
export function specOnRecord(
  started: RunStarted,
  toolOf: (tool: RecordedTool) => Tool,
): RunSpec {
  const policy = loadPolicy(started.policy.text, "the policy on record");
  return {
    runId: started.run_id,
    seed: started.seed,
    runtimeVersion: started.runtime_version,
    task: started.task,
    policy,
    tools: toolRegistry(started.tools.map(toolOf)),
    sandbox: {
      inspect(path) {
        throw new RangeError(`There is nothing on record of "${path}"`);
      },
    },
    llm: () => Promise.reject(new RangeError("There is no answer on record")),
    model: started.llm,
    corpus: started.corpus,
  };
}
