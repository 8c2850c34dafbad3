import { join } from "../../deps.ts";
import { isObject } from "../../tools/data/json.ts";
import { PROJECT, temporaryFolder } from "../program.ts";
import { PACKAGES } from "./packages.ts";

/** Where clients that need Node 22 are installed, and a Node 22. */
export const CLIENTS = join(PROJECT, "tests/mcp/clients");

/** The Node 22 that is installed beside the clients. */
export const NODE_22 = join(
  CLIENTS,
  `node_modules/node-linux-${
    Deno.build.arch === "aarch64" ? "arm64" : "x64"
  }/bin/node`,
);

/** The server that the suite asks for, over Streamable HTTP. */
export interface ConformanceServer extends AsyncDisposable {
  readonly url: string;
  /** What has reached it, in order: the method, and the tool that is called. */
  readonly reached: readonly string[];
}

/** What the suite found out about a server. */
export interface Conformance {
  /** The ids of checks that are met, each with its scenario. */
  readonly met: readonly string[];
  /** Those that are not, with what is said about them. */
  readonly unmet: readonly { readonly id: string; readonly said: unknown }[];
}

/** Starts the server with the tools of the suite. */
export async function conformanceServer(): Promise<ConformanceServer> {
  const child = new Deno.Command("node", {
    args: [join(PACKAGES, "conformance_server.mjs")],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const opened = Promise.withResolvers<string>();
  const reached: string[] = [];
  let isOpen = false;
  let rest = "";
  const reading = (async () => {
    for await (
      const text of child.stdout.pipeThrough(new TextDecoderStream())
    ) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (isOpen) reached.push(line);
        else opened.resolve(line);
        isOpen = true;
      }
    }
    opened.reject(new Error("The server has not said its address"));
  })();
  return {
    url: await opened.promise,
    reached,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
      await reading;
    },
  };
}

/** Has the suite of `@modelcontextprotocol/conformance` ask a server. */
export async function conformanceOf(url: string): Promise<Conformance> {
  using folder = temporaryFolder();
  const { stderr } = await new Deno.Command(NODE_22, {
    args: [
      join(
        CLIENTS,
        "node_modules/@modelcontextprotocol/conformance/dist/index.js",
      ),
      ...["server", "--url", url, "--output-dir", folder.path],
    ],
    stdout: "null",
    stderr: "piped",
  }).output();
  const met: string[] = [];
  const unmet: Conformance["unmet"][number][] = [];
  for (const { name } of Deno.readDirSync(folder.path)) {
    // `server-SCENARIO-2026-11-29T10-52-54-506Z`
    const scenario = name.replace(/^server-|-\d{4}-\d\d-\d\dT[-\dZ]+$/g, "");
    const checks: unknown = JSON.parse(
      Deno.readTextFileSync(join(folder.path, name, "checks.json")),
    );
    for (const check of Array.isArray(checks) ? checks : []) {
      if (!isObject(check)) continue;
      const id = `${scenario} ${check.id}`;
      if (check.status === "SUCCESS") met.push(id);
      else unmet.push({ id, said: check });
    }
  }
  if (met.length + unmet.length === 0) {
    throw new Error(new TextDecoder().decode(stderr));
  }
  return { met: met.sort(), unmet };
}
