import type { Policy } from "../policy/document/load.ts";
import type { Llm } from "../runtime/llm/llm.ts";
import type { ModelInfo, RunSpec } from "../runtime/run_spec.ts";
import { scriptedLlm } from "../runtime/llm/scripted_llm.ts";
import type { Document } from "../tools/document.ts";
import { toolRegistry } from "../tools/registry.ts";
import type { Sandbox } from "../tools/sandbox/sandbox.ts";
import type { Tool } from "../tools/tool.ts";
import { corpusSnapshot } from "./corpus.ts";
import { withFault } from "./fault.ts";
import type { Task, TaskDocument } from "./task.ts";

/** What a task is run with. */
export interface ScriptedRunOptions {
  readonly policy: Policy;
  readonly documents: readonly Document[];
  readonly sandbox: Pick<Sandbox, "inspect">;
  /** Those of `taskTools`, in this process or in a Worker. */
  readonly tools: readonly Tool[];
  /** Lets time pass until the deadline of a tool that hangs. */
  readonly expire: () => void;
  /** A model that is asked instead of following the script. */
  readonly model?: TaskModel | undefined;
  readonly runtimeVersion?: string | undefined;
  readonly runId: string;
}

/** A model, and how the record names it. */
export interface TaskModel {
  readonly llm: Llm;
  readonly info: ModelInfo;
  /** How many of its answers were not asked for, if their number is limited. */
  readonly unused?: () => number;
  /** Whether its last answer was a failure from a cassette. */
  readonly hasFailed?: () => boolean;
}

/** Whether a real model is asked, not a script or a cassette. */
export function isAsked(model: TaskModel | undefined): boolean {
  return model !== undefined && model.info.execution_path !== "replay";
}

/** Makes a task ready to run with its model and with the faults of its tools. */
export function scriptedRun(
  { text, document: task }: Task,
  options: ScriptedRunOptions,
): RunSpec {
  const { policy, documents, sandbox, tools, expire } = options;
  const { llm, info } = options.model ?? scriptedModel(task);
  return {
    runId: options.runId,
    seed: task.seed,
    runtimeVersion: options.runtimeVersion,
    task: { id: task.id, question: task.question, text },
    policy,
    tools: toolRegistry(
      withFaults(tools, { faults: task.faults, expire }),
    ),
    sandbox,
    llm,
    model: info,
    corpus: corpusSnapshot(documents),
  };
}

/** The model that follows the script of a task. */
export function scriptedModel({ id, script }: TaskDocument): TaskModel {
  const { llm, sha256 } = scriptedLlm(script);
  return {
    llm,
    info: {
      execution_path: "stub",
      provider: "scripted",
      model: id,
      script_sha256: sha256,
    },
  };
}

function withFaults(
  tools: readonly Tool[],
  { faults = {}, expire }: {
    readonly faults: TaskDocument["faults"];
    readonly expire: () => void;
  },
): readonly Tool[] {
  const byTool = new Map(Object.entries(faults));
  return tools.map((tool) => {
    const fault = byTool.get(tool.name);
    return fault === undefined ? tool : withFault(tool, fault, { expire });
  });
}

/** The clock reading with which a scripted run begins, in nanoseconds since the epoch. */
export function startOf({ document }: Task): bigint {
  return BigInt(Date.parse(document.started_at)) * 1_000_000n;
}
