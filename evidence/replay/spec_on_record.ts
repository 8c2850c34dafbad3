import { loadPolicy } from "../../policy/document/load.ts";
import type { RecordedTool, RunStarted } from "../../runtime/record/event.ts";
import { toolOnRecord } from "../../runtime/record/recorded_tool.ts";
import type { Rerun } from "../../runtime/rerun/rerun.ts";
import type { RunSpec } from "../../runtime/run_spec.ts";
import { toolRegistry } from "../../tools/registry.ts";
import type { Tool } from "../../tools/tool.ts";

/** Makes tools of what is on record of them: their judgement and their results are those on record. */
export function toolsOnRecord(
  { policy: { text } }: RunStarted,
  again: Pick<Rerun, "tool" | "validation">,
): (tool: RecordedTool) => Tool {
  const { isolation } = loadPolicy(text, "the policy on record").document
    .sandbox;
  return (tool) => {
    const known = toolOnRecord(tool, again.validation);
    return again.tool(
      isolation === "worker" ? { ...known, isolation } : known,
    );
  };
}

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
    sandboxIsElsewhere: started.sandbox === "elsewhere",
    corpus: started.corpus,
  };
}
