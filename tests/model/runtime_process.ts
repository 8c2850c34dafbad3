import { fromFileUrl } from "../../deps.ts";
import { linesOf } from "./lines_of.ts";
import type { Completion, CompletionRequest } from "./llama_runtime.ts";

/** A process that runs the model. */
export interface RuntimeProcess {
  /** Writes one completion; requests wait for those before them. */
  complete(request: CompletionRequest): Promise<Completion>;
}

/** Starts `llama_runtime.ts` and waits until the model is loaded. It ends with this process. */
export async function runtimeProcess(
  packages: string,
  modelPath: string,
): Promise<RuntimeProcess> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--no-config",
      "--no-lock",
      "--node-modules-dir=manual",
      "--allow-read",
      "--allow-ffi",
      "--allow-sys",
      // The package tries its native part in a process of its own first.
      "--allow-run",
      "--ignore-env",
      fromFileUrl(new URL("llama_runtime.ts", import.meta.url)),
      packages,
      modelPath,
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = linesOf(child.stdout);
  const input = child.stdin.getWriter();
  const next = async () => {
    const { value } = await lines.next();
    if (value !== undefined) return JSON.parse(value);
    const { code } = await child.status;
    throw new Error(`Cannot ask the model: its process ended with ${code}`);
  };
  await next();

  let last: Promise<unknown> = Promise.resolve();
  return {
    complete(request) {
      const completion = last.then(async () => {
        const line = `${JSON.stringify(request)}\n`;
        await input.write(new TextEncoder().encode(line));
        const answer: Completion = await next();
        return answer;
      });
      last = completion.catch(() => {});
      return completion;
    },
  };
}
