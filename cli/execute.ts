import { dirname, join } from "../deps.ts";
import config from "../deno.json" with { type: "json" };
import type { ArtifactSink } from "../evidence/artifacts.ts";
import { counted } from "../evidence/counted.ts";
import { type Durability, recordRun } from "../evidence/record_run.ts";
import type { Policy } from "../policy/load.ts";
import type { RunEvent, RunFinished } from "../runtime/event.ts";
import { agentLoop } from "../runtime/loop.ts";
import type { Approver } from "../runtime/approval.ts";
import { rerun } from "../runtime/rerun.ts";
import { fixtureResolve, stagedDocuments } from "../tasks/corpus.ts";
import { scriptedRun, startOf, type TaskModel } from "../tasks/scripted_run.ts";
import type { Task } from "../tasks/task.ts";
import { directorySandbox } from "../tools/directory_sandbox.ts";
import type { Document } from "../tools/document.ts";
import { networkFor } from "./network.ts";
import { stopwatch } from "./provenance.ts";
import type { ToolHost } from "./tool_host.ts";
import { deterministicEnv, realEnv } from "./world.ts";

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
  /** Whether what is no document of the corpus is reached over the network. */
  readonly online: boolean;
  /** Whether backing off takes real time. */
  readonly waits: boolean;
  readonly signal: AbortSignal;
  /** The model that is asked. Default: the script of the task. */
  readonly model?: TaskModel | undefined;
  /** Answers what the policy leaves to a person. Default: nobody does. */
  readonly approver?: Approver | undefined;
  /** Sees every event before it is recorded. */
  readonly watch?: (event: RunEvent) => void;
  /** What is on record of the run, which broke off; its sandbox is as it was then. */
  readonly past?: {
    readonly events: readonly RunEvent[];
    /** Hears that an intent without a receipt is carried out again. */
    readonly sentAgain: (seq: number) => void;
  };
}

/** How a run ended. */
export interface Executed {
  readonly finished: RunFinished;
  /** Steps of the script that were not reached. */
  readonly unused: number;
}

/** Runs a task with its model and puts it on record. */
export async function execute(execution: Execution): Promise<Executed> {
  const { task, documents, host, sink, past, signal } = execution;
  const volatile = stopwatch();
  if (past === undefined) {
    layDown(stagedDocuments(documents), execution.sandbox);
  }
  const resolve = fixtureResolve(networkFor(execution.online).resolve);
  const { approver } = execution;
  const world = (start: bigint) =>
    execution.model === undefined
      ? deterministicEnv(start, { ...execution, resolve })
      : realEnv(start, { signal, resolve, approver });
  const again = past === undefined
    ? undefined
    : rerun(past.events, { ...past, signal, env: world });
  const start = execution.model === undefined ? startOf(task) : 0n;
  const env = again?.env ?? world(start);
  const tools = await host.tools(documents);
  const spec = scriptedRun(task, {
    ...execution,
    sandbox: directorySandbox(execution.sandbox),
    tools: again?.tools(tools) ?? tools,
    expire: env.expire,
    runtimeVersion: config.version,
  });
  const events = again === undefined
    ? agentLoop(spec, env)
    : again.follow(agentLoop(again.spec(spec), env));
  const finished = await recordRun(watched(events, execution.watch), sink, {
    volatile,
    durability: execution.durability,
  });
  const script = execution.model === undefined ? task.document.script : [];
  return {
    finished,
    unused: Math.max(0, script.length - finished.totals.llm_calls),
  };
}

async function* watched(
  events: AsyncIterable<RunEvent>,
  watch: Execution["watch"],
): AsyncGenerator<RunEvent, void> {
  for await (const event of events) {
    watch?.(event);
    yield event;
  }
}

/** Writes documents into a directory that no agent uses yet. */
function layDown(documents: readonly Document[], directory: string): void {
  const folders = new Set(documents.map(({ path }) => dirname(path)));
  for (const folder of folders) {
    Deno.mkdirSync(join(directory, folder), { recursive: true });
  }
  for (const { path, text } of documents) {
    Deno.writeTextFileSync(join(directory, path), text);
  }
}

/** Says how a run ended, for people: one line. */
export function describeEnd({ terminal_reason, totals }: RunFinished): string {
  const { steps, tool_calls, policy_checks, denials, attempts } = totals;
  return `${terminal_reason} after ${counted(steps, "step")}: ` +
    `${counted(tool_calls, "tool call")}, ` +
    `${counted(policy_checks, "policy check")} (${denials} denied), ` +
    counted(attempts, "attempt");
}

/** How a run ended, as `--json` prints it. */
export function endAsJson(
  run: string,
  { terminal_reason, answer, totals }: RunFinished,
): string {
  return JSON.stringify({ run, terminal_reason, answer, totals });
}
