import { eventText } from "../../tools/mcp/event_stream.ts";
import {
  errorText,
  type FrameId,
  idKey,
  readFrame,
} from "../../tools/mcp/frame.ts";
import { lineQueue } from "./line_queue.ts";
import type { Side } from "./proxy.ts";
import type { HttpRefusal } from "./upstream.ts";

/** The client of one session over Streamable HTTP. */
export interface HttpClient extends Side {
  /** Answers a message that the client posts, by a stream where it takes one. */
  post(
    text: string,
    options: { readonly takesStream: boolean },
  ): Promise<Response>;
  /** Gives the client a stream of what comes unasked. */
  listen(): Response;
  /** Takes in that the server refused a request. */
  refused(id: FrameId, refusal: HttpRefusal): void;
  /** The client is gone. */
  end(): void;
}

/** A request that a client has posted, and where its answer goes. */
interface Posted {
  /** Answers at once, as long as nothing was sent. */
  readonly settle: PromiseWithResolvers<Response>;
  readonly takesStream: boolean;
  stream: EventStream | undefined;
  refusal: HttpRefusal | undefined;
}

interface EventStream {
  readonly response: Response;
  write(line: string): void;
  close(): void;
}

/** How many messages wait for a client that has no stream open. */
const MAX_WAITING = 1000;

/** A client that has posted nothing yet; `session` is what it sends with each message. */
export function httpClient(session: string): HttpClient {
  const { lines, push, end } = lineQueue();
  const open = new Map<string, Posted>();
  const waiting: string[] = [];
  let own: EventStream | undefined;

  function stream(closed: () => void = () => {}): EventStream {
    const encoder = new TextEncoder();
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({
      start(given) {
        controller = given;
      },
      cancel() {
        controller = undefined;
        closed();
      },
    });
    return {
      response: new Response(body, {
        headers: {
          "content-type": "text/event-stream",
          "cache-control": "no-store",
          "mcp-session-id": session,
        },
      }),
      write: (line) => controller?.enqueue(encoder.encode(eventText(line))),
      close() {
        controller?.close();
        controller = undefined;
      },
    };
  }

  function json(text: string, status = 200): Response {
    return new Response(text, {
      status,
      headers: {
        "content-type": "application/json",
        "mcp-session-id": session,
      },
    });
  }

  /** What comes unasked goes to the newest request that is open, since it is likely about that one. */
  function tell(line: string): void {
    const last = [...open.values()].filter((each) => each.takesStream).at(-1);
    if (last !== undefined) {
      last.stream ??= stream();
      last.settle.resolve(last.stream.response);
      last.stream.write(line);
    } else if (own !== undefined) {
      own.write(line);
    } else if (waiting.length < MAX_WAITING) {
      waiting.push(line);
    }
  }

  return {
    lines,
    send(line) {
      const frame = readFrame(line);
      const id = frame.kind === "response" ? frame.id : null;
      const posted = id === null ? undefined : open.get(idKey(id));
      if (id === null || posted === undefined) {
        tell(line);
        return Promise.resolve();
      }
      open.delete(idKey(id));
      if (posted.stream !== undefined) {
        posted.stream.write(line);
        posted.stream.close();
      } else if (posted.refusal !== undefined) {
        const { status, challenge } = posted.refusal;
        const response = json(line, status);
        if (challenge !== null) {
          response.headers.set("www-authenticate", challenge);
        }
        posted.settle.resolve(response);
      } else if (posted.takesStream) {
        const { response, write, close } = stream();
        posted.settle.resolve(response);
        write(line);
        close();
      } else {
        posted.settle.resolve(json(line));
      }
      return Promise.resolve();
    },
    async post(text, { takesStream }) {
      const line = text.replaceAll(/[\r\n]+/g, " ");
      const frame = readFrame(line);
      if (frame.kind === "broken") {
        const { id, code, reason } = frame;
        return json(errorText(id, { code, message: reason }), 400);
      }
      if (frame.kind !== "request") {
        push(line);
        return new Response(null, { status: 202 });
      }
      if (open.has(idKey(frame.id))) {
        return json(
          errorText(frame.id, {
            code: -32600,
            message: "Cannot take a second request with an id that is in use",
          }),
          400,
        );
      }
      const settle = Promise.withResolvers<Response>();
      open.set(idKey(frame.id), {
        settle,
        takesStream,
        stream: undefined,
        refusal: undefined,
      });
      push(line);
      return await settle.promise;
    },
    listen() {
      own?.close();
      const opened = stream(() => {
        if (own === opened) own = undefined;
      });
      own = opened;
      for (const line of waiting.splice(0)) own.write(line);
      return own.response;
    },
    refused(id, refusal) {
      const posted = open.get(idKey(id));
      if (posted !== undefined) posted.refusal = refusal;
    },
    end() {
      end();
      own?.close();
      for (const { stream, settle } of open.values()) {
        stream?.close();
        settle.resolve(json(
          errorText(null, {
            code: -32000,
            message: "The session has ended",
          }),
          404,
        ));
      }
      open.clear();
    },
  };
}
