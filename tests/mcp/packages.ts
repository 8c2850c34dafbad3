import { join } from "../../deps.ts";
import type { JsonObject } from "../../tools/data/json.ts";
import { PROJECT } from "../program.ts";
import type { Message, ProxyCommand } from "./proxied.ts";

/** Where servers and clients of others are installed, by `tests/mcp/install.ts`. */
export const PACKAGES = join(PROJECT, "tests/mcp/packages");

/** The command that starts a server of a package. */
export function server(
  file: string,
  ...args: readonly string[]
): readonly string[] {
  return ["node", join(PACKAGES, file), ...args];
}

/** The servers whose packages are there, by what tests call them. */
export const SERVERS = {
  everything:
    "node_modules/@modelcontextprotocol/server-everything/dist/index.js",
  filesystem:
    "node_modules/@modelcontextprotocol/server-filesystem/dist/index.js",
  memory: "node_modules/@modelcontextprotocol/server-memory/dist/index.js",
  sequential_thinking:
    "node_modules/@modelcontextprotocol/server-sequential-thinking/dist/index.js",
  modern: "modern_server.mjs",
  logged: "logged.mjs",
} as const;

/** What a client of a package printed. */
export interface ClientResult {
  readonly version?: string;
  readonly tools: readonly string[];
  readonly results: readonly Message["result"][];
}

/** Has a client of a package make calls through a proxy. */
export async function clientOf(
  file: string,
  { command, args }: Pick<ProxyCommand, "command" | "args">,
  given: {
    readonly calls: readonly {
      readonly name: string;
      readonly arguments: JsonObject;
    }[];
    readonly mode?: unknown;
  },
): Promise<ClientResult> {
  const { code, stdout, stderr } = await new Deno.Command("node", {
    args: [join(PACKAGES, file), JSON.stringify({ command, args, ...given })],
    stdout: "piped",
    stderr: "piped",
  }).output();
  const [said, errors] = [stdout, stderr].map((each) =>
    new TextDecoder().decode(each)
  );
  if (code !== 0) throw new Error(errors);
  return JSON.parse(said ?? "");
}
