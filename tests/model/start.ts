import { fromFileUrl, join, z } from "../../deps.ts";
import { CACHE } from "./install.ts";
import { linesOf } from "./lines_of.ts";
import { makeGguf } from "./make_gguf.ts";

/** A model that is served, for as long as the scope that holds it. */
export interface ServedModel extends AsyncDisposable {
  /** Base URL as clients want it: `http://127.0.0.1:PORT/v1`. */
  readonly url: string;
  stop(): Promise<void>;
}

const ready = z.strictObject({ port: z.int() });

/** Makes the model file, serves it with these `packages`, and waits until it is loaded. */
export async function startModel(packages: string): Promise<ServedModel> {
  const folder = Deno.makeTempDirSync({ dir: CACHE, prefix: "serving-" });
  const model = join(folder, "model.gguf");
  Deno.writeFileSync(model, makeGguf());
  const child = serverProcess(packages, model);
  const stop = async () => {
    await child.stdin.close();
    await child.status;
    Deno.removeSync(folder, { recursive: true });
  };
  const { value } = await linesOf(child.stdout).next();
  if (value === undefined) {
    await stop();
    throw new Error("Cannot serve the model: the server ended before it began");
  }
  const { port } = ready.parse(JSON.parse(value));
  const url = `http://127.0.0.1:${port}/v1`;
  const response = await fetch(`${url}/models`);
  await response.body?.cancel();
  return { url, stop, [Symbol.asyncDispose]: stop };
}

function serverProcess(packages: string, model: string) {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--allow-read",
      "--allow-run",
      "--allow-net=127.0.0.1",
      fromFileUrl(new URL("server.ts", import.meta.url)),
      `--packages=${packages}`,
      `--model=${model}`,
      "--until-stdin-ends",
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}
