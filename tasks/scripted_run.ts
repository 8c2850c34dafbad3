import type { Policy } from "../policy/load.ts";
import type { RunSpec } from "../runtime/run_spec.ts";
import { scriptedLlm } from "../runtime/scripted_llm.ts";
import type { Document } from "../tools/document.ts";
import type { FetchLike } from "../tools/fetch.ts";
import { toolRegistry } from "../tools/registry.ts";
import type { Sandbox } from "../tools/sandbox.ts";
import { standardTools } from "../tools/standard_tools.ts";
import type { Tool } from "../tools/tool.ts";
import { corpusSnapshot, fixtureFetch, stagedDocuments } from "./corpus.ts";
import { withFault } from "./fault.ts";
import type { Task, TaskDocument } from "./task.ts";

/** What a task is run with. */
export interface ScriptedRunOptions {
  readonly policy: Policy;
  readonly documents: readonly Document[];
  readonly sandbox: Sandbox;
  /** Serves what is not a document of the corpus. */
  readonly network: FetchLike;
  /** Lets time pass until the deadline of a tool that hangs. */
  readonly expire: () => void;
  readonly runtimeVersion: string;
  readonly runId: string;
}

/** A task that is ready to run. */
export interface ScriptedRun {
  readonly spec: RunSpec;
  /** How many steps of the script the run has not reached. */
  unused(): number;
  /** Every URL that the server of the fixtures and the network were asked for; it grows. */
  readonly requests: readonly string[];
}

/**
 * Makes a task ready to run with its scripted model and the five tools. The
 * sandbox must hold `stagedDocuments(documents)` already.
 */
export function scriptedRun(
  { text, document: task }: Task,
  options: ScriptedRunOptions,
): ScriptedRun {
  const { policy, documents, sandbox, network, expire } = options;
  const model = scriptedLlm(task.script);
  const staged = stagedDocuments(documents);
  const requests: string[] = [];
  const serve = fixtureFetch(staged, network);
  const logged: FetchLike = (url, init) => {
    requests.push(url);
    return serve(url, init);
  };
  const spec: RunSpec = {
    runId: options.runId,
    seed: task.seed,
    runtimeVersion: options.runtimeVersion,
    task: { id: task.id, question: task.question, text },
    policy,
    tools: toolRegistry(
      withFaults(
        standardTools({ documents: staged, fetch: logged, sandbox }),
        { faults: task.faults, expire },
      ),
    ),
    sandbox,
    llm: model.llm,
    model: {
      execution_path: "stub",
      provider: "scripted",
      model: task.id,
      script_sha256: model.sha256,
    },
    corpus: corpusSnapshot(documents),
  };
  return { spec, unused: model.unused, requests };
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
