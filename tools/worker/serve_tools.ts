import type { Leftover } from "../sandbox/leftover.ts";
import { Redirect } from "../redirect.ts";
import { sendError } from "./sent_error.ts";
import type { Tool } from "../tool.ts";
import type { WorkerAnswer, WorkerRequest } from "./worker_message.ts";

/** What the entry module of a Worker is told about the process that started it. */
export interface Host {
  /** Sends the process a note beside the results, such as a request that was sent. */
  note(text: string): void;
  /** Tells the process about an empty entry that a write could not remove. */
  leftover(leftover: Leftover): void;
}

/**
 * Makes the module that calls it the entry of a Worker which runs tools: it is
 * called once, at the top level, and `open` makes the tools of the options that
 * `startToolWorker` was given. This module is one of the few that touch the
 * machine: it listens to the messages of its Worker.
 *
 * Tools of one Worker share a thread and trust one another.
 */
export function serveTools(
  open: (options: unknown, host: Host) => readonly Tool[],
): void {
  const tools = new Map<string, Tool>();
  const running = new Map<number, AbortController>();
  const host: Host = {
    note: (text) => answer({ kind: "note", text }),
    leftover: (leftover) => answer({ kind: "leftover", leftover }),
  };

  function opened(options: unknown): void {
    try {
      for (const tool of open(options, host)) tools.set(tool.name, tool);
      answer({ kind: "opened", tools: [...tools.keys()] });
    } catch (error) {
      answer({ kind: "refused", error: sendError(error) });
    }
  }

  async function run(
    request: Extract<WorkerRequest, { readonly kind: "run" }>,
  ): Promise<void> {
    const { id, tool, args, idempotency_key, urls, places } = request;
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const served = tools.get(tool);
      if (served === undefined) {
        throw new RangeError(`Cannot run "${tool}": it is not served here`);
      }
      const result = await served.run(args, {
        signal: controller.signal,
        idempotencyKey: idempotency_key,
        urls,
        places,
      });
      answer(
        result instanceof Redirect
          ? { kind: "redirect", id, args: result.args }
          : { kind: "result", id, result: result ?? null },
      );
    } catch (error) {
      answer({ kind: "error", id, error: sendError(error) });
    } finally {
      running.delete(id);
    }
  }

  function take(request: WorkerRequest): void {
    switch (request.kind) {
      case "open":
        return opened(request.options);
      case "run":
        return void run(request);
      case "abort":
        return running.get(request.id)?.abort();
    }
  }

  addEventListener("message", (event) => {
    if (event instanceof MessageEvent) take(event.data);
  });
  answer({ kind: "loaded" });
}

/** The global of a Worker, which the types of a process do not know. */
declare function postMessage(message: WorkerAnswer): void;

function answer(message: WorkerAnswer): void {
  postMessage(message);
}
