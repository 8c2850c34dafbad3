import type { ToolChange } from "../../policy/tool_listing.ts";
import { isList, type Json, type JsonObject } from "../../tools/data/json.ts";
import { envelopeOf } from "../../tools/mcp/call_answer.ts";
import { type Connection, RemoteError } from "../../tools/mcp/connection.ts";
import { ToolError } from "../../tools/tool_error.ts";
import type { ServerTools } from "./server_tools.ts";

/** Asks a server for its tools. */
export interface ToolLists {
  /** Makes sure that the list is known and is not an old one; `params` are those of the request that needs it. */
  known(params: JsonObject): Promise<void>;
  /** The server has said that its list is another one. */
  stale(): void;
  /** What a client gets that asks for the list, or a page of it. */
  listed(params: JsonObject, signal: AbortSignal): Promise<JsonObject>;
}

/** What lists are asked for with. */
export interface ToolListsOptions {
  readonly server: Pick<Connection, "ask">;
  readonly tools: ServerTools;
  /** Milliseconds that the server may take to answer. */
  readonly ms: number;
  /** Aborts when no answer matters any more. */
  readonly signal: AbortSignal;
  /** Takes in how a list differs from the one before. */
  readonly changed: (change: ToolChange) => Promise<void>;
}

/** How many pages of a list are asked for. */
const MAX_PAGES = 100;

/** Knows no list yet. */
export function toolLists(
  { server, tools, ms, signal, changed }: ToolListsOptions,
): ToolLists {
  let asking: Promise<void> | undefined;
  let isStale = false;

  async function whole(params: JsonObject): Promise<readonly Json[]> {
    const entries: Json[] = [];
    let cursor: Json | undefined;
    for (let page = 0; page < MAX_PAGES; page++) {
      const result = await server.ask("tools/list", {
        ...typeof cursor === "string" ? { cursor } : {},
        ...envelopeOf(params),
      }, { signal, ms });
      entries.push(...entriesOf(result));
      cursor = result.nextCursor;
      if (typeof cursor !== "string") return entries;
    }
    throw malformed(`it has more than ${MAX_PAGES} pages`);
  }

  async function refreshed(params: JsonObject): Promise<void> {
    isStale = false;
    let entries: readonly Json[] = [];
    try {
      entries = await whole(params);
    } catch (error) {
      // A server without tools answers that it knows no such method.
      if (!(error instanceof RemoteError)) throw error;
    }
    await changed(tools.whole(entries));
  }

  async function known(params: JsonObject): Promise<void> {
    while (tools.first === undefined || isStale || asking !== undefined) {
      asking ??= refreshed(params).finally(() => {
        asking = undefined;
      });
      await asking;
    }
  }

  return {
    known,
    stale() {
      isStale = true;
    },
    async listed(params, signal) {
      await known(params);
      const result = await server.ask("tools/list", params, { signal, ms });
      const entries = entriesOf(result);
      await changed(tools.page(entries));
      return { ...result, tools: tools.shown(entries) };
    },
  };
}

function entriesOf({ tools = [] }: JsonObject): readonly Json[] {
  if (isList(tools)) return tools;
  throw malformed("its tools are not a list");
}

function malformed(why: string): ToolError {
  return new ToolError(`the server's list of tools cannot be read: ${why}`, {
    type: "malformed_answer",
  });
}
