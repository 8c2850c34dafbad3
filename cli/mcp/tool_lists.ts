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
  let asking: Promise<JsonObject | undefined> | undefined;
  let isStale = false;

  const ask = (params: JsonObject) =>
    server.ask("tools/list", params, { signal, ms });

  async function whole(
    first: JsonObject,
    params: JsonObject,
  ): Promise<readonly Json[]> {
    const entries = [...entriesOf(first)];
    let cursor = first.nextCursor;
    for (let pages = 1; typeof cursor === "string"; pages++) {
      if (pages === MAX_PAGES) {
        throw malformed(`it has more than ${MAX_PAGES} pages`);
      }
      const next = await ask({ cursor, ...envelopeOf(params) });
      entries.push(...entriesOf(next));
      cursor = next.nextCursor;
    }
    return entries;
  }

  /** Takes in the whole list; the result is its only page, if it has only one. */
  async function refreshed(
    params: JsonObject,
  ): Promise<JsonObject | undefined> {
    isStale = false;
    let only: JsonObject | undefined;
    let entries: readonly Json[] = [];
    try {
      const first = await ask(params);
      entries = await whole(first, params);
      if (typeof first.nextCursor !== "string") only = first;
    } catch (error) {
      // A server without tools answers that it knows no such method.
      if (!(error instanceof RemoteError)) throw error;
    }
    await changed(tools.whole(entries));
    return only;
  }

  /** Makes sure that the list is known; the result is what its own asking came to, if that was the last one. */
  async function known(params: JsonObject): Promise<JsonObject | undefined> {
    let only: JsonObject | undefined;
    while (tools.first === undefined || isStale || asking !== undefined) {
      const isOwn = asking === undefined;
      asking ??= refreshed(params).finally(() => {
        asking = undefined;
      });
      const found = await asking;
      only = isOwn ? found : undefined;
    }
    return only;
  }

  return {
    async known(params) {
      await known(envelopeOf(params));
    },
    stale() {
      isStale = true;
    },
    async listed(params, signal) {
      const isPage = params.cursor !== undefined;
      const only = await known(isPage ? envelopeOf(params) : params);
      const result = !isPage && only !== undefined
        ? only
        : await server.ask("tools/list", params, { signal, ms });
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
