import { dirname, join } from "../../deps.ts";
import config from "../../deno.json" with { type: "json" };
import type { ArtifactSink } from "../../evidence/artifacts.ts";
import {
  type Durability,
  recordRun,
} from "../../evidence/recording/record_run.ts";
import { WriteError } from "../../evidence/store/write_error.ts";
import type { Policy } from "../../policy/document/load.ts";
import type { RunEvent, RunFinished } from "../../runtime/record/event.ts";
import { recordingLlm } from "../../runtime/llm/cassette/recording_llm.ts";
import { agentLoop } from "../../runtime/loop.ts";
import type { Approver } from "../../runtime/approval/approval.ts";
import type { RunSpec } from "../../runtime/run_spec.ts";
import { rerun } from "../../runtime/rerun/rerun.ts";
import { fixtureResolve, stagedDocuments } from "../../tasks/corpus.ts";
import {
  isAsked,
  scriptedRun,
  startOf,
  type TaskModel,
} from "../../tasks/scripted_run.ts";
import type { Task } from "../../tasks/task.ts";
import { hidingSpec } from "./hiding_spec.ts";
import { directorySandbox } from "../../tools/sandbox/directory_sandbox.ts";
import type { Document } from "../../tools/document.ts";
import { networkFor } from "../machine/network.ts";
import { stopwatch } from "../machine/provenance.ts";
import type { ToolHost } from "../machine/tool_host.ts";
import { deterministicEnv, realEnv, yieldToEvents } from "../machine/world.ts";

/** One run of a task, with where it happens and where it is recorded. */
export interface Execution {
  readonly task: Task;
  readonly policy: Policy;
  readonly documents: readonly Document[];
  readonly runId: string;
  /** An existing, empty directory. */
  readonly sandbox: string;
  /** Opened for the same policy and directory. */
  readonly host: ToolHost;
  readonly sink: ArtifactSink;
  readonly durability: Durability;
  /** Whether URLs outside the corpus are fetched over the network. */
  readonly online: boolean;
  /** Whether waits take real time. */
  readonly waits: boolean;
  readonly signal: AbortSignal;
  /** The model that is asked. Default: the script of the task. */
  readonly model?: TaskModel | undefined;
  /** Where a cassette of the model is written. Default: nowhere. */
  readonly cassette?: CassetteTarget | undefined;
  /** Answers what the policy leaves to a person. Default: all such calls are rejected. */
  readonly approver?: Approver | undefined;
  /** Called with every event once it is on record. */
  readonly watch?: (event: RunEvent) => void;
  /** The record of a run that broke off; its sandbox is unchanged. */
  readonly past?: {
    readonly events: readonly RunEvent[];
    /** Called when an intent without a receipt is carried out again. */
    readonly sentAgain: (seq: number) => void | Promise<void>;
  };
}

/** Where the lines of a cassette go, and the settings that they record. */
export interface CassetteTarget {
  readonly seed: number | undefined;
  readonly write: (line: string) => void;
}

/** How a run ended. */
export interface Executed {
  readonly finished: RunFinished;
  /** Steps of the script, or answers of the cassette, that were not reached. */
  readonly unused: number;
}

/** Runs a task with its model and puts it on record. */
export async function execute(execution: Execution): Promise<Executed> {
  const { task, documents, host, sink, past, signal, model } = execution;
  refuseWithoutServers(task, host);
  const isLive = isAsked(model);
  const volatile = stopwatch();
  const resolve = fixtureResolve(networkFor(execution.online).resolve);
  const { approver } = execution;
  const { served } = host;
  const toolChanges = served?.changes;
  const world = (start: bigint) =>
    isLive
      ? realEnv(start, { signal, resolve, approver, toolChanges })
      : deterministicEnv(start, {
        toolChanges,
        signal,
        resolve,
        approver,
        // A recorded failure spares no server: the run does not wait after it.
        sleeps: () => execution.waits && model?.hasFailed?.() !== true,
        deadlines: execution.waits,
        // A cassette shows whether the recorded run continued.
        outage: () => (model?.unused?.() ?? 0) > 0 ? "again" : "end",
      });
  const again = past === undefined ? undefined : rerun(past.events, {
    ...past,
    signal,
    env: world,
    toolOf: served?.toolOf,
  });
  const start = isLive ? 0n : startOf(task);
  const env = again?.env ?? world(start);
  const tools = await host.tools(documents);
  const open = scriptedRun(task, {
    ...execution,
    sandbox: directorySandbox(execution.sandbox),
    tools: again?.tools(tools) ?? tools,
    expire: env.expire,
    runtimeVersion: statedVersion(past),
  });
  const given = served === undefined ? open : hidingSpec(open, served.hidden);
  const spec = yieldingToEvents(
    recorded(again?.spec(given) ?? given, execution.cassette),
  );
  const loop = agentLoop(spec, env);
  const events = again?.follow(loop) ?? loop;
  const finished = await recordRun(prepared(events, execution), sink, {
    programVersion: config.version,
    volatile,
    durability: execution.durability,
    recorded: execution.watch,
  });
  return { finished, unused: unusedAnswers(execution, finished) };
}

/** A run without its servers would be another run. */
function refuseWithoutServers(
  { document: { mcp_servers = {} } }: Task,
  { served }: ToolHost,
): void {
  const [name] = Object.keys(mcp_servers);
  if (name === undefined || served !== undefined) return;
  throw new RangeError(
    `Cannot run the task: its server ${name} is not started here`,
  );
}

/** The program's version that a record states, if it does. */
function statedVersion(past: Execution["past"]): string | undefined {
  const [started] = past?.events ?? [];
  return started?.type === "run_started" ? started.runtime_version : undefined;
}

/** The same run, which also writes a cassette of its model. */
function recorded(
  spec: RunSpec,
  cassette: CassetteTarget | undefined,
): RunSpec {
  if (cassette === undefined) return spec;
  const { llm, model: info } = spec;
  return { ...spec, llm: recordingLlm(llm, { ...cassette, info }) };
}

/**
 * The same run, which yields to the event loop before each answer: a script and
 * a cassette never wait, so without this no signal would be handled before the
 * end.
 */
function yieldingToEvents(spec: RunSpec): RunSpec {
  return {
    ...spec,
    async llm(input, signal) {
      await yieldToEvents();
      return await spec.llm(input, signal);
    },
  };
}

function unusedAnswers(
  { task, model }: Execution,
  { totals }: RunFinished,
): number {
  if (model !== undefined) return model.unused?.() ?? 0;
  return Math.max(0, task.document.script.length - totals.llm_calls);
}

/**
 * The same events; the documents are written once the first event is on record,
 * so that a run whose process ends meanwhile, or whose disk is full, can be
 * resumed. They are written again until a tool has run.
 */
async function* prepared(
  events: AsyncIterable<RunEvent>,
  { documents, sandbox, past }: Execution,
): AsyncGenerator<RunEvent, void> {
  let isDone = past?.events.some(({ type }) => type === "tool_started") ??
    false;
  for await (const event of events) {
    yield event;
    if (!isDone) stageDocuments(stagedDocuments(documents), sandbox);
    isDone = true;
  }
}

/**
 * Writes documents into a directory that the agent does not use yet.
 *
 * @throws {WriteError} when one cannot be written
 */
function stageDocuments(
  documents: readonly Document[],
  directory: string,
): void {
  for (const { path, text } of documents) {
    const place = join(directory, path);
    try {
      Deno.mkdirSync(dirname(place), { recursive: true });
      Deno.writeTextFileSync(place, text);
    } catch (cause) {
      throw new WriteError(place, cause);
    }
  }
}
