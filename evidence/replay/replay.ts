import { loadPolicy } from "../../policy/document/load.ts";
import type {
  RecordedTool,
  RunEvent,
  RunStarted,
} from "../../runtime/record/event.ts";
import { agentLoop } from "../../runtime/loop.ts";
import { toolOnRecord } from "../../runtime/record/recorded_tool.ts";
import { toolRegistry } from "../../tools/registry.ts";
import type { Tool } from "../../tools/tool.ts";
import {
  type Divergence,
  DivergenceError,
} from "../../runtime/rerun/divergence.ts";
import { recordedSession } from "../../runtime/rerun/recorded_session.ts";
import { type Rerun, rerun } from "../../runtime/rerun/rerun.ts";
import type { RunSpec } from "../../runtime/run_spec.ts";

/**
 * Executes the loop, or a client's session, again with all of its inputs taken
 * from the record, like a strict cassette, and compares each event. Returns the first difference; an
 * extra or a missing event counts as one. A record that broke off is compared up
 * to its end. Nothing is run, fetched, read or asked.
 *
 * @throws {InputError} when the policy on record cannot be read
 * @throws {RangeError} when the record does not begin like a run
 */
export async function replay(
  recorded: readonly RunEvent[],
): Promise<Divergence | undefined> {
  const [started] = recorded;
  if (started?.type !== "run_started") {
    throw new RangeError(
      "Cannot replay a record that does not begin with run_started",
    );
  }
  const again = rerun(recorded);
  const toolOf = toolsOnRecord(started, again);
  const spec = again.spec(specOnRecord(started, toolOf));
  try {
    const events = again.follow(
      started.llm.execution_path === "client"
        ? recordedSession(spec, again.env, toolOf)
        : agentLoop(spec, again.env),
    );
    for await (const event of events) void event;
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
    const { divergence } = error;
    const brokeOff = recorded.at(-1)?.type !== "run_finished" &&
      divergence.seq === recorded.length;
    return brokeOff ? undefined : divergence;
  }
}

/** Makes tools of what is on record of them. */
function toolsOnRecord(
  { policy: { text } }: RunStarted,
  again: Pick<Rerun, "tool">,
): (tool: RecordedTool) => Tool {
  const { isolation } = loadPolicy(text, "the policy on record").document
    .sandbox;
  return (tool) => {
    const known = toolOnRecord(tool, () => ({ issues: [] }));
    return again.tool(
      isolation === "worker" ? { ...known, isolation } : known,
    );
  };
}

/**
 * The run as its first event describes it; everything that it would touch must
 * come from the record.
 */
function specOnRecord(
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
