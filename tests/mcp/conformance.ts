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

/** What the suite says of one of its checks. */
export interface ConformanceCheck {
  readonly scenario: string;
  readonly id: string;
  readonly status: string;
  readonly said: unknown;
}

/** Has a suite ask a server, and reads what it says of each of its checks. */
export async function conformanceChecks(
  url: string,
  { suite, args = [] }: {
    /** The folder of the suite's package. */
    readonly suite: string;
    readonly args?: readonly string[];
  },
): Promise<readonly ConformanceCheck[]> {
  using folder = temporaryFolder();
  const { stderr } = await new Deno.Command(NODE_22, {
    args: [
      join(CLIENTS, "node_modules", suite, "dist/index.js"),
      ...["server", "--url", url, "--output-dir", folder.path, ...args],
    ],
    stdout: "null",
    stderr: "piped",
  }).output();
  const found: ConformanceCheck[] = [];
  for (const { name } of Deno.readDirSync(folder.path)) {
    // `server-SCENARIO-2026-11-29T10-52-54-506Z`
    const scenario = name.replace(/^server-|-\d{4}-\d\d-\d\dT[-\dZ]+$/g, "");
    const checks: unknown = JSON.parse(
      Deno.readTextFileSync(join(folder.path, name, "checks.json")),
    );
    for (const said of Array.isArray(checks) ? checks.filter(isObject) : []) {
      const [id, status] = [String(said.id), String(said.status)];
      found.push({ scenario, id, status, said });
    }
  }
  if (found.length === 0) throw new Error(new TextDecoder().decode(stderr));
  return found;
}

/** Has the suite of the revisions up to 2025-11-25 ask a server. */
export async function conformanceOf(url: string): Promise<Conformance> {
  const met: string[] = [];
  const unmet: Conformance["unmet"][number][] = [];
  const suite = "@modelcontextprotocol/conformance";
  for (const check of await conformanceChecks(url, { suite })) {
    const id = `${check.scenario} ${check.id}`;
    if (check.status === "SUCCESS") met.push(id);
    else unmet.push({ id, said: check.said });
  }
  return { met: met.sort(), unmet };
}
