import { unusable } from "../../tools/data/input_error.ts";
import type { Policy } from "../../policy/document/load.ts";
import { workerPermissions } from "../../policy/deno/worker_permissions.ts";
import { FIXTURE_ORIGIN } from "../../tasks/corpus.ts";
import { taskTools } from "../../tasks/task_tools.ts";
import { directorySandbox } from "../../tools/sandbox/directory_sandbox.ts";
import type { Document } from "../../tools/document.ts";
import type { Leftover } from "../../tools/sandbox/leftover.ts";
import type { Tool } from "../../tools/tool.ts";
import type {
  ToolWorker,
  ToolWorkerOptions,
} from "../../tools/worker/tool_worker.ts";
import { isGranted } from "./is_granted.ts";
import { htmlText, networkFor } from "./network.ts";
import { realFuturePath } from "./real_future_path.ts";

/** Where the tools of one run live. */
export interface ToolHost extends Disposable {
  /** Makes the five tools; the documents are in the sandbox already. */
  tools(documents: readonly Document[]): Promise<readonly Tool[]>;
  /** Every URL that was requested, from the corpus or the network; it grows. */
  readonly requests: readonly string[];
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
}

/**
 * Opens the place that `sandbox.isolation` of the policy names. A Worker is
 * started at once, before anything is written: without it the run does not
 * start.
 */
export function openToolHost(options: ToolHostOptions): Promise<ToolHost> {
  return options.policy.document.sandbox.isolation === "worker"
    ? workerHost(options)
    : Promise.resolve(processHost(options));
}

function processHost(
  { policy, sandbox, online, leftover }: ToolHostOptions,
): ToolHost {
  const requests: string[] = [];
  return {
    requests,
    tools: (documents) =>
      Promise.resolve(taskTools({
        documents,
        sandbox: directorySandbox(sandbox, { leftover }),
        fetch: networkFor(online).fetch,
        htmlText,
        maxBytes: policy.document.fetch?.max_bytes,
        requested: (url) => requests.push(url),
      })),
    [Symbol.dispose]() {},
  };
}

async function workerHost(
  { policy: { document }, sandbox, named = sandbox, online, leftover }:
    ToolHostOptions,
): Promise<ToolHost> {
  const requests: string[] = [];
  const directory = realFuturePath(sandbox);
  const worker = await within(named, {
    entry: new URL("./tool_worker.ts", import.meta.url),
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
      const definitions = taskTools({
        documents: [],
        sandbox: directorySandbox(directory),
        fetch: networkFor(false).fetch,
        htmlText,
        requested() {},
      });
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
