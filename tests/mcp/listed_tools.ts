import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { isObject, type JsonObject } from "../../tools/data/json.ts";

/** What a client may say of itself, so that a server lists all its tools. */
const CAPABILITIES = { roots: {}, sampling: {}, elicitation: {} };

/**
 * Starts a server of the Model Context Protocol, asks for its tools as a client that
 * can do everything, and ends it.
 *
 * @throws {Error} with what it wrote to standard error, when it ends before
 */
export async function listedTools(
  command: readonly string[],
  { cwd, env }: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
  },
): Promise<readonly JsonObject[]> {
  const [program = "", ...args] = command;
  const server = new Deno.Command(program, {
    args,
    cwd,
    env,
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stderr = new Response(server.stderr).text();
  const writer = server.stdin.getWriter();
  const send = (message: JsonObject) =>
    writer.write(
      new TextEncoder().encode(
        `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`,
      ),
    );
  try {
    await send({
      id: 1,
      method: "initialize",
      params: {
        protocolVersion: "2025-11-25",
        capabilities: CAPABILITIES,
        clientInfo: { name: "profile_checks", version: "1" },
      },
    });
    const lines = createInterface({ input: Readable.from(server.stdout) });
    let asked = 1;
    let isChanged = false;
    for await (const line of lines) {
      const message = line.startsWith("{") ? JSON.parse(line) : {};
      if (message.method === "notifications/tools/list_changed") {
        isChanged = true;
      } else if (message.method === "roots/list") {
        await send({ id: message.id, result: { roots: [] } });
      } else if (message.id === asked && message.method === undefined) {
        if (asked > 1 && !isChanged) {
          return message.result.tools.filter(isObject);
        }
        isChanged = false;
        if (asked === 1) await send({ method: "notifications/initialized" });
        asked += 1;
        await send({ id: asked, method: "tools/list" });
      }
    }
  } finally {
    await writer.close().catch(() => {});
    try {
      server.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await server.status;
  }
  throw new Error(`The server ended: ${(await stderr).slice(-500)}`);
}
