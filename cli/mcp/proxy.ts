import type { Policy } from "../../policy/document/load.ts";
import { isObject } from "../../tools/data/json.ts";
import { clientNamed, isModern } from "../../tools/mcp/call_answer.ts";
import {
  type Connection,
  connection,
  RemoteError,
} from "../../tools/mcp/connection.ts";
import {
  type BrokenFrame,
  errorText,
  type Frame,
  idKey,
  notificationText,
  readFrame,
  type RequestFrame,
  resultText,
} from "../../tools/mcp/frame.ts";
import type { HiddenValues } from "../../tools/mcp/hidden_values.ts";
import type { UnreadLine } from "../../tools/mcp/lines.ts";
import { passes } from "../../tools/mcp/methods.ts";
import { ToolError } from "../../tools/tool_error.ts";
import { failedRequest, governedRequests } from "./governed_requests.ts";
import type { RecordedCalls } from "./recorded_calls.ts";
import type { ServerTools, ToolIncident } from "./server_tools.ts";
import type { WaitingClient } from "./session_approver.ts";
import { toolLists } from "./tool_lists.ts";

/** One side of the proxy: a client or a server, line by line. */
export interface Side {
  readonly lines: AsyncIterable<string | UnreadLine>;
  send(line: string): Promise<void>;
}

/** What a proxy needs. */
export interface ProxyOptions {
  readonly client: Side;
  readonly server: Side;
  /** The name of the server in policy and record. */
  readonly name: string;
  readonly policy: Policy;
  readonly tools: ServerTools;
  /** The real path of the server's working directory, in which paths are judged. */
  readonly sandbox: string;
  readonly hidden: HiddenValues;
  /** What the ids of our own requests begin with. */
  readonly prefix: string;
  /** Makes a text that nobody can guess. */
  readonly token: () => string;
  readonly deadline: (ms: number, expired: () => void) => Disposable;
  /** Called when the tools are known, which comes before the first call. */
  readonly listed: () => void;
  /** Opens the run, at the first call. */
  readonly open: (client: WaitingClient) => Promise<RecordedCalls>;
  /** Takes in what is wrong with the definition of a tool. */
  readonly incident: (incident: ToolIncident) => void;
  /** Says something to the person who runs it. */
  readonly note: (text: string) => void;
  /** Aborts when the proxy is to end at once. */
  readonly signal: AbortSignal;
}

/** Why a proxy ended. */
export type ProxyEnd =
  | { readonly type: "client" | "signal" }
  /** The server ended first, or cannot be understood any more. */
  | { readonly type: "server"; readonly reason: string };

/** How long a server may take to answer a call when the policy does not say, in milliseconds. */
const DEFAULT_CALL_TIMEOUT_MS = 60_000;

/** The number of JSON-RPC 2.0 for a request that makes no sense here. */
const INVALID_REQUEST = -32600;

/**
 * Stands between a client and a server of the Model Context Protocol. Each call of
 * a tool, and each other request that reads or asks for something, is judged and
 * recorded as a call of one run. What opens, lists and ends passes unchanged, but
 * for tools that the policy denies whatever their arguments: lists leave them out.
 *
 * It ends when the client, the server or the signal does, and nothing is under way
 * any more. The caller ends the run and the server.
 */
export async function mcpProxy(options: ProxyOptions): Promise<ProxyEnd> {
  const { hidden, note, tools } = options;
  const ms = options.policy.document.mcp?.call_timeout_ms ??
    DEFAULT_CALL_TIMEOUT_MS;
  /** Aborts when no answer matters any more. */
  const stop = new AbortController();
  const client = connection({
    ...options,
    send: options.client.send,
    who: "the client",
  });
  const server = connection({
    ...options,
    send: options.server.send,
    who: "the server",
  });
  const handlers = new Set<Promise<void>>();
  const handled = {
    client: handledRequests(client),
    server: handledRequests(server),
  };
  let clientName = "unknown";
  let canElicit = false;
  let isClientGone = false;
  let run: Promise<RecordedCalls> | undefined;

  const lists = toolLists({
    ...{ server, tools, ms, signal: stop.signal },
    async changed(change) {
      options.listed();
      for (const each of tools.incidents()) options.incident(each);
      const isSame = change.tools.length + change.removed.length === 0;
      if (run !== undefined && !isSame) await (await run).changeTools(change);
    },
  });
  const governed = governedRequests({
    ...options,
    ...{ client, server, ms },
    async calls(params) {
      await lists.known(params);
      return await (run ??= options.open(
        waitingClient(clientNamed(params) ?? clientName),
      ));
    },
  });

  function waitingClient(name: string): WaitingClient {
    return {
      name,
      isGone: () => isClientGone,
      async elicit(callId, form, signal) {
        const call = governed.underWay(callId);
        if (call !== undefined && isModern(call.request.params)) {
          const { params } = await call.exchange.round({
            resultType: "input_required",
            inputRequests: {
              approval: {
                method: "elicitation/create",
                params: { mode: "form", ...form },
              },
            },
          }, signal);
          const { inputResponses } = params;
          const answer = isObject(inputResponses)
            ? inputResponses.approval
            : undefined;
          return isObject(answer) ? answer : undefined;
        }
        if (!canElicit) return undefined;
        return await client.ask("elicitation/create", form, { signal });
      },
      async waits(callId, count) {
        const { params = {} } = governed.underWay(callId)?.request ?? {};
        const { progressToken } = isObject(params._meta) ? params._meta : {};
        if (progressToken === undefined) return;
        await client.send(notificationText("notifications/progress", {
          progressToken,
          progress: count,
          message: "waits for somebody to approve it",
        }));
      },
    };
  }

  /** Answers requests of one side, each on its own, so that a slow one holds no other one up. */
  function handledRequests(from: Connection) {
    const underWay = new Map<string, AbortController>();
    return {
      isOpen: (request: RequestFrame) =>
        underWay.has(idKey(request.id)) || from.isOpen(request.id),
      /** Cancels all of them. */
      stop(reason: unknown): void {
        for (const own of underWay.values()) own.abort(reason);
      },
      /** Cancels a request; whether there is such a one. */
      cancel(id: unknown): boolean {
        const isId = typeof id === "string" || typeof id === "number";
        const found = isId ? underWay.get(idKey(id)) : undefined;
        found?.abort(new DOMException("The call was cancelled", "AbortError"));
        return found !== undefined;
      },
      handle(
        { id }: RequestFrame,
        answer: (signal: AbortSignal) => Promise<string>,
      ): void {
        const own = new AbortController();
        underWay.set(idKey(id), own);
        const handler = answer(own.signal)
          .catch((error) =>
            error instanceof RemoteError
              ? errorText(id, error.error)
              : failedRequest(id, error)
          )
          .then((text) => {
            underWay.delete(idKey(id));
            // Who cancels a request wants no answer to it, and who has ended hears none.
            return own.signal.aborted ? undefined : from.send(text);
          })
          // It has ended, as its lines tell, too.
          .catch(() => {})
          .finally(() => handlers.delete(handler));
        handlers.add(handler);
      },
    };
  }

  /** Reads a line without what must not be seen. */
  function frameOf(line: string | UnreadLine): Frame | BrokenFrame {
    return typeof line === "string"
      ? readFrame(line, hidden.json)
      : unread(line);
  }

  async function fromClient(line: string | UnreadLine): Promise<void> {
    const frame = frameOf(line);
    switch (frame.kind) {
      case "broken":
        return await client.send(
          errorText(frame.id, { code: frame.code, message: frame.reason }),
        );
      case "response":
        if (client.take(frame) === "passed") await server.send(frame.text);
        return;
      case "notification":
        if (
          frame.method === "notifications/cancelled" &&
          handled.client.cancel(frame.params.requestId)
        ) return;
        return await server.send(frame.text);
    }
    const { id, method, params } = frame;
    if (handled.client.isOpen(frame)) {
      return await client.send(
        errorText(id, {
          code: INVALID_REQUEST,
          message: "Cannot take a second request with an id that is in use",
        }),
      );
    }
    clientName = clientNamed(params) ?? clientName;
    if (method === "initialize") {
      canElicit = Object(params.capabilities).elicitation !== undefined;
    }
    switch (method) {
      case "tools/list":
        return handled.client.handle(
          frame,
          async (signal) =>
            resultText(id, JSON.stringify(await lists.listed(params, signal))),
        );
      case "tools/call":
        return handled.client.handle(
          frame,
          (signal) => governed.tool(frame, signal),
        );
    }
    if (passes(method)) return await client.pass(frame, server);
    handled.client.handle(
      frame,
      (signal) => governed.fromClient(frame, signal),
    );
  }

  async function fromServer(line: string | UnreadLine): Promise<void> {
    const frame = frameOf(line);
    switch (frame.kind) {
      case "broken": {
        const { id, reason } = frame;
        note(`left out what the server wrote: ${reason}`);
        const isFor = frame.isAnswer && id !== null
          ? server.spoil(id, reason)
          : "unknown";
        if (isFor !== "passed") return;
        return await client.send(failedRequest(
          id,
          new ToolError(`the server's answer cannot be read: ${reason}`, {
            type: "malformed_answer",
          }),
        ));
      }
      case "response":
        switch (server.take(frame)) {
          case "passed":
            return await client.send(frame.text);
          case "unknown":
            return note(
              "left out an answer of the server that nobody waits for",
            );
        }
        return;
      case "notification":
        if (frame.method === "notifications/tools/list_changed") lists.stale();
        if (
          frame.method === "notifications/cancelled" &&
          handled.server.cancel(frame.params.requestId)
        ) return;
        return await client.send(frame.text);
    }
    if (handled.server.isOpen(frame)) {
      return note("left out a request of the server with an id that is in use");
    }
    if (passes(frame.method)) return await server.pass(frame, client);
    handled.server.handle(
      frame,
      (signal) => governed.fromServer(frame, signal),
    );
  }

  async function pump(
    { lines }: Side,
    take: (line: string | UnreadLine) => Promise<void>,
  ): Promise<void> {
    for await (const line of lines) await take(line);
  }

  const aborted = Promise.withResolvers<ProxyEnd>();
  const abort = () => aborted.resolve({ type: "signal" });
  if (options.signal.aborted) abort();
  options.signal.addEventListener("abort", abort, { once: true });
  const serverEnd = pump(options.server, fromServer).then(
    () => "it closed its output",
    (error) => error instanceof Error ? error.message : String(error),
  ).then((reason): ProxyEnd => ({ type: "server", reason }));
  const clientEnd = pump(options.client, fromClient).catch(() => {})
    .then(async (): Promise<ProxyEnd> => {
      // What was asked before the end is still answered, but for what waits for it.
      isClientGone = true;
      client.end("it has ended");
      governed.end(new DOMException("The client has ended", "AbortError"));
      while (handlers.size > 0) await Promise.all(handlers);
      return { type: "client" };
    });
  const end = await Promise.race([clientEnd, serverEnd, aborted.promise]);
  server.end(end.type === "server" ? end.reason : "the proxy ends");
  client.end("the proxy ends");
  const ends = new DOMException("The proxy ends", "AbortError");
  governed.end(ends);
  if (end.type !== "server") {
    handled.client.stop(ends);
    handled.server.stop(ends);
    stop.abort(ends);
  }
  while (handlers.size > 0) await Promise.all(handlers);
  stop.abort();
  options.signal.removeEventListener("abort", abort);
  return end;
}

function unread({ fault }: UnreadLine): BrokenFrame {
  return {
    kind: "broken",
    id: null,
    isAnswer: false,
    code: -32700,
    reason: fault,
  };
}
