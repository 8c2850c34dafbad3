import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../../deps.ts";
import type { JsonObject } from "../../tools/data/json.ts";
import { PROJECT, temporaryFolder } from "../program.ts";
import { checkRun } from "./proxied.ts";

/** A proxy over Streamable HTTP. */
export interface ListeningProxy extends AsyncDisposable {
  readonly url: string;
  /** The folders of the runs that there are. */
  runs(): readonly string[];
  /** Ends the proxy, and with it the sessions that there are. */
  end(): Promise<void>;
}

/** A free port of this machine. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Starts a proxy before an address; disposing of it ends it and checks every run that it left behind. */
export async function listeningProxy(
  upstream: string,
  given: JsonObject,
): Promise<ListeningProxy> {
  const folder = temporaryFolder();
  const out = join(folder.path, "runs");
  const policy = join(folder.path, "policy.yaml");
  Deno.writeTextFileSync(policy, JSON.stringify(given));
  const address = `127.0.0.1:${freePort()}`;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--no-lock", "--allow-read"],
      ...[`--allow-write=${out}`, "--allow-net=127.0.0.1"],
      ...[`${PROJECT}mod.ts`, "mcp", "--listen", address],
      ...["--upstream", upstream, "--policy", policy, "--out", out],
    ],
    stdout: "null",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await reader.read();
  assertStringIncludes(value ?? "", "listening at");
  const reading = (async () => {
    while (!(await reader.read()).done) { /* Read on, or it waits. */ }
  })();
  const runs = () => {
    try {
      return [...Deno.readDirSync(out)].map(({ name }) => join(out, name));
    } catch {
      return [];
    }
  };
  let ended: Promise<void> | undefined;
  const end = () =>
    ended ??= (async () => {
      child.kill("SIGTERM");
      const { code } = await child.status;
      await reading;
      assertEquals(code, 0);
    })();
  return {
    url: `http://${address}/mcp`,
    runs,
    end,
    async [Symbol.asyncDispose]() {
      using _ = folder;
      await end();
      for (const run of runs()) await checkRun(run);
    },
  };
}
