import { unusable } from "../../tools/data/input_error.ts";
import type { Policy } from "../../policy/document/load.ts";
import { workerPermissions } from "../../policy/deno/worker_permissions.ts";
import { FIXTURE_ORIGIN } from "../../tasks/corpus.ts";
import { taskTools } from "../../tasks/task_tools.ts";
import type { RecordedTool } from "../../runtime/record/event.ts";
import type { ToolsChange } from "../../runtime/session/tools_change.ts";
import { directorySandbox } from "../../tools/sandbox/directory_sandbox.ts";
import type { Document } from "../../tools/document.ts";
import { withOwnTools } from "../../tools/exported_tools.ts";
import type { HiddenValues } from "../../tools/mcp/hidden_values.ts";
import type { Leftover } from "../../tools/sandbox/leftover.ts";
import type { Sandbox } from "../../tools/sandbox/sandbox.ts";
import type { Tool, ToolDefinition } from "../../tools/tool.ts";
import type {
  ToolWorker,
  ToolWorkerOptions,
} from "../../tools/worker/tool_worker.ts";
import { entryWith } from "./worker_entry.ts";
import { isGranted } from "./is_granted.ts";
import { htmlText, networkFor } from "./network.ts";
import { realFuturePath } from "./real_future_path.ts";
import { refuseUndescribed, type ToolModule } from "./tool_module.ts";

/** Tools that servers serve. */
export interface ServedTools {
  /** Those that the run has when it begins. */
  readonly tools: readonly Tool[];
  /** How the lists of the servers differ from the tools of the run; `undefined` when they do not. */
  changes(
    tools: ReadonlyMap<string, ToolDefinition>,
  ): Promise<ToolsChange | undefined>;
  /** Makes a tool of what is on record of one; `undefined` when no server of the run serves it. */
  toolOf(recorded: RecordedTool): Tool | undefined;
  /** What must not be seen, wherever it comes from. */
  readonly hidden: HiddenValues;
  /** Hears that the record is open. */
  begun(): void;
}

/** Where the tools of one run live. */
export interface ToolHost extends Disposable {
  /** Makes the five tools, and those of one's own; the documents are in the sandbox already. */
  tools(documents: readonly Document[]): Promise<readonly Tool[]>;
  /** Every URL that was requested, from the corpus or the network; it grows. */
  readonly requests: readonly string[];
  /** The tools that servers serve, which are among them. Default: none does. */
  readonly served?: ServedTools | undefined;
}

/** Options of a host. */
export interface ToolHostOptions {
  readonly policy: Policy;
  /** Where the tools read and write; it need not exist yet. */
  readonly sandbox: string;
  /** The directory that a person named, which contains the sandbox. Default: the sandbox. */
  readonly named?: string | undefined;
  /** Whether URLs outside the corpus are fetched from the network. */
  readonly online: boolean;
  /** Called for each empty entry that a write could not remove. Default: not called. */
  readonly leftover?: ((leftover: Leftover) => void) | undefined;
  /** Tools of one's own. Default: the five alone. */
  readonly own?: ToolModule | undefined;
  /** Tools that servers serve, in a policy without a Worker. Default: there are none. */
  readonly served?: ServedTools | undefined;
}

/**
 * Opens the place that `sandbox.isolation` of the policy names. A Worker is
 * started at once, before anything is written: without it the run does not
 * start.
 *
 * @throws {InputError} when the process lacks a permission for the Worker, or
 *   nothing says what a tool of one's own touches
 */
export async function openToolHost(
  options: ToolHostOptions,
): Promise<ToolHost> {
  const { own, policy } = options;
  if (own !== undefined) refuseUndescribed(own, policy.document);
  return await open(options);
}

function open(options: ToolHostOptions): Promise<ToolHost> {
  return options.policy.document.sandbox.isolation === "worker"
    ? workerHost(options)
    : Promise.resolve(processHost(options));
}

function processHost(
  { policy, sandbox: directory, online, leftover, own, served }:
    ToolHostOptions,
): ToolHost {
  const requests: string[] = [];
  return {
    requests,
    tools(documents) {
      const sandbox = directorySandbox(directory, { leftover });
      const ours = taskTools({
        documents,
        sandbox,
        fetch: networkFor(online).fetch,
        htmlText,
        maxBytes: policy.document.fetch?.max_bytes,
        requested: (url) => requests.push(url),
      });
      const others = [...toolsOf(own, sandbox), ...served?.tools ?? []];
      return Promise.resolve(withOwnTools(ours, others));
    },
    served,
    [Symbol.dispose]() {},
  };
}

/** The tools of one's own, as a run has them: by now all of them are described. */
function toolsOf(
  own: ToolModule | undefined,
  sandbox: Sandbox,
): readonly Tool[] {
  return (own?.tools({ sandbox }) ?? []).map((
    { isUndescribed: _, ...tool },
  ) => tool);
}

async function workerHost(
  { policy: { document }, sandbox, named = sandbox, online, leftover, own }:
    ToolHostOptions,
): Promise<ToolHost> {
  const requests: string[] = [];
  const directory = realFuturePath(sandbox);
  const worker = await within(named, {
    entry: own === undefined
      ? new URL("./tool_worker.ts", import.meta.url)
      : entryWith(own.url),
    permissions: workerPermissions(document, {
      sandbox: directory,
      served: [new URL(FIXTURE_ORIGIN).hostname],
      granted: (host) => online && isGranted({ name: "net", host }),
    }),
    noted: (url) => requests.push(url),
    leftover,
  });
  return {
    requests,
    tools(documents) {
      // What the model and the gates know about the tools; these copies never
      // run.
      const sandbox = directorySandbox(directory);
      const ours = taskTools({
        documents: [],
        sandbox,
        fetch: networkFor(false).fetch,
        htmlText,
        requested() {},
      });
      const definitions = withOwnTools(ours, toolsOf(own, sandbox));
      const maxBytes = document.fetch?.max_bytes;
      return worker.open(definitions, {
        documents,
        directory,
        online,
        maxBytes,
      });
    },
    [Symbol.dispose]: () => worker[Symbol.dispose](),
  };
}

/**
 * A Worker cannot get more permissions than the process has; if they are
 * missing, the run does not start.
 */
async function within(
  named: string,
  options: ToolWorkerOptions,
): Promise<ToolWorker> {
  const { startToolWorker } = await import("../../tools/worker/tool_worker.ts");
  try {
    return await startToolWorker(options);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotCapable)) throw cause;
    const access = ["read", "write"] as const;
    const denied = access.filter((name) => !isGranted({ name, path: named }));
    const lacking = denied.length === 0 ? access : denied;
    throw unusable(
      named,
      `the process may not ${
        lacking.join(" and ")
      } there itself, so its tools may not; add ${
        lacking.map((name) => `--allow-${name}=${named}`).join(" and ")
      }`,
      { cause },
    );
  }
}
