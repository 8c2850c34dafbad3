import type { JsonObject } from "../../tools/data/json.ts";
import { RemoteError } from "../../tools/mcp/connection.ts";
import { notificationText } from "../../tools/mcp/frame.ts";

const CLIENT = { name: "agent-runtime-observability", version: "1" } as const;

/**
 * Opens a session in the era of the server; returns what then goes with the
 * parameters of each request. Nothing of what a client can have is offered: no
 * model, no user, no folders.
 *
 * @throws what `ask` throws, but for an error that the server answers
 */
export async function handshake(
  { ask, send }: {
    readonly ask: (method: string, params: JsonObject) => Promise<JsonObject>;
    readonly send: (line: string) => Promise<void>;
  },
): Promise<JsonObject> {
  try {
    await ask("initialize", {
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo: CLIENT,
    });
    await send(notificationText("notifications/initialized", {}));
    return {};
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    return {
      _meta: {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": CLIENT,
        "io.modelcontextprotocol/clientCapabilities": {},
      },
    };
  }
}
