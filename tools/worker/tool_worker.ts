import type { Leftover } from "../sandbox/leftover.ts";
import { Redirect } from "../redirect.ts";
import { receivedError } from "./sent_error.ts";
import type { Tool, ToolContext, ToolDefinition } from "../tool.ts";
import {
  readAnswer,
  type WorkerAnswer,
  type WorkerRequest,
} from "./worker_message.ts";

/** What a Worker may do; everything else is denied. */
export interface WorkerPermissions {
  /** Directories and files, as absolute paths. */
  readonly read: readonly string[];
  readonly write: readonly string[];
  /** `host:port`. */
  readonly net: readonly string[];
}

/** How the Worker of a run is started. */
export interface ToolWorkerOptions {
  /** A module that calls `serveTools`; the process must be able to read it. */
  readonly entry: URL;
  readonly permissions: WorkerPermissions;
  /** Called with each note of the entry module. */
  readonly noted?: (text: string) => void;
  /** Called for each empty entry that a write in the Worker could not remove. */
  readonly leftover?: ((leftover: Leftover) => void) | undefined;
}

/** A Worker that has started and waits for a run. */
export interface ToolWorker extends Disposable {
  /**
   * Has the Worker make its tools of `options`, which must be plain data, and
   * returns a tool for each definition that runs there.
   *
   * @throws {RangeError} when the Worker does not serve one of them
   */
  open(
    definitions: readonly ToolDefinition[],
    options: unknown,
  ): Promise<readonly Tool[]>;
}

/** Permissions that no tool gets. */
const NEVER = {
  env: false,
  ffi: false,
  import: false,
  run: false,
  sys: false,
} as const;

/**
 * Starts the Worker in which the tools of one run live, with permissions of its
 * own, and returns when its module is loaded. It needs the unstable option
 * `worker-options` of Deno, without which Deno itself ends the process with exit
 * code 70. This module is one of the few that touch the machine.
 *
 * @throws {Deno.errors.NotCapable} when the process may not itself do what the Worker is to be allowed
 * @throws {Error} when the entry module cannot be loaded
 */
export async function startToolWorker(
  { entry, permissions, noted, leftover }: ToolWorkerOptions,
): Promise<ToolWorker> {
  const { read, write, net } = permissions;
  const worker = new Worker(entry, {
    type: "module",
    name: "tools",
    deno: {
      permissions: {
        ...NEVER,
        read: [...read],
        write: [...write],
        net: [...net],
      },
    },
  });
  const calls = new Map<number, PromiseWithResolvers<WorkerAnswer>>();
  /** Waits for the answers that do not belong to a call: loaded, opened, refused. */
  let start = Promise.withResolvers<WorkerAnswer>();
  let ended: Error | undefined;
  let lastId = 0;

  worker.onmessage = ({ data }: MessageEvent<unknown>) => {
    const answer = readAnswer(data);
    if (answer === undefined) {
      return end(new TypeError("The Worker said what no Worker of ours says"));
    }
    if (answer.kind === "note") noted?.(answer.text);
    else if (answer.kind === "leftover") leftover?.(answer.leftover);
    else if ("id" in answer) calls.get(answer.id)?.resolve(answer);
    else start.resolve(answer);
  };
  worker.onmessageerror = () =>
    end(new TypeError("The Worker said what cannot be read"));
  worker.onerror = (event) => {
    event.preventDefault();
    end(new Error("The Worker of the tools failed", { cause: event.error }));
  };

  /** Nothing runs in a Worker that has failed. */
  function end(error: Error): void {
    ended ??= error;
    worker.terminate();
    start.reject(ended);
    for (const call of calls.values()) call.reject(ended);
  }

  function send(request: WorkerRequest): void {
    worker.postMessage(request);
  }

  async function run(
    tool: string,
    args: unknown,
    { signal, idempotencyKey, urls, places }: ToolContext,
  ) {
    if (ended !== undefined) throw ended;
    const id = lastId += 1;
    const call = Promise.withResolvers<WorkerAnswer>();
    const abort = () => send({ kind: "abort", id });
    calls.set(id, call);
    signal.addEventListener("abort", abort, { once: true });
    try {
      const idempotency_key = idempotencyKey;
      send({ kind: "run", id, tool, args, idempotency_key, urls, places });
      const answer = await call.promise;
      if (answer.kind === "result") return answer.result;
      if (answer.kind === "redirect") return new Redirect(answer.args);
      throw answer.kind === "error" ? receivedError(answer.error) : ended;
    } finally {
      calls.delete(id);
      signal.removeEventListener("abort", abort);
    }
  }

  await start.promise;
  return {
    async open(definitions, options) {
      start = Promise.withResolvers();
      send({ kind: "open", options });
      const answer = await start.promise;
      if (answer.kind === "refused") throw receivedError(answer.error);
      const served = answer.kind === "opened" ? answer.tools : [];
      return definitions.map((definition) => {
        const { name } = definition;
        if (!served.includes(name)) {
          throw new RangeError(
            `Cannot run the tool "${name}" in a Worker: its entry module does not serve it`,
          );
        }
        return {
          ...definition,
          isolation: "worker",
          run: (args, context) => run(name, args, context),
        };
      });
    },
    [Symbol.dispose]() {
      end(new Error("The run is over"));
    },
  };
}
