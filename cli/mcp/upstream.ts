import { eventData } from "../../tools/mcp/event_stream.ts";
import { errorText, type FrameId, readFrame } from "../../tools/mcp/frame.ts";
import { lineQueue } from "./line_queue.ts";
import type { Side } from "./proxy.ts";

/** A refusal of the server that its client has to see as it is. */
export interface HttpRefusal {
  readonly status: number;
  /** What the client has to do to be let in. */
  readonly challenge: string | null;
}

/** A server that is reached over Streamable HTTP, in one session. */
export interface Upstream extends Side {
  /** Ends the session. */
  end(): Promise<void>;
}

/** How a server is reached. */
export interface UpstreamOptions {
  readonly url: string;
  /** The credentials that the client sent last; they are passed on and never recorded. */
  readonly authorization: () => string | null;
  /** Takes in that a request with this id was refused. */
  readonly refused: (id: FrameId, refusal: HttpRefusal) => void;
}

const MAX_LENGTH = 256 * 2 ** 20;

/** The number of JSON-RPC 2.0 for a server that cannot be reached. */
const UNREACHABLE = -32000;

/** Opens a session with a server; nothing is sent yet. */
export function upstream(
  { url, authorization, refused }: UpstreamOptions,
): Upstream {
  const { lines, push, end } = lineQueue();
  const stop = new AbortController();
  let session: string | null = null;
  let version: string | null = null;
  let listens = false;

  function headers(): Headers {
    const given = new Headers({
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    });
    const credentials = authorization();
    if (credentials !== null) given.set("authorization", credentials);
    if (session !== null) given.set("mcp-session-id", session);
    if (version !== null) given.set("mcp-protocol-version", version);
    return given;
  }

  /** A redirect could lead credentials elsewhere, so none is followed. */
  async function asked(init: RequestInit): Promise<Response> {
    return await fetch(url, {
      ...init,
      headers: headers(),
      redirect: "manual",
      signal: stop.signal,
    });
  }

  async function take(response: Response): Promise<void> {
    const { body } = response;
    if (body === null) return;
    const type = response.headers.get("content-type") ?? "";
    if (type.startsWith("text/event-stream")) {
      const texts = body.pipeThrough(new TextDecoderStream());
      for await (const data of eventData(texts, { maxLength: MAX_LENGTH })) {
        came(data);
      }
    } else if (type.startsWith("application/json")) {
      came(await response.text());
    } else {
      await body.cancel();
    }
  }

  function came(text: string): void {
    const line = text.replaceAll(/[\r\n]+/g, " ");
    const frame = readFrame(line);
    const found = frame.kind === "response"
      ? frame.result?.protocolVersion
      : null;
    if (typeof found === "string") version = found;
    push(line);
  }

  /** What the server says of itself, if it has a stream for that. */
  async function listen(): Promise<void> {
    if (listens || session === null) return;
    listens = true;
    try {
      const response = await asked({ method: "GET" });
      if (response.ok) await take(response);
      else await response.body?.cancel();
    } catch {
      // It has no such stream, or has closed it.
    }
  }

  async function post(line: string): Promise<void> {
    const frame = readFrame(line);
    const fail = (message: string) => {
      if (frame.kind !== "request") return;
      push(errorText(frame.id, { code: UNREACHABLE, message }));
    };
    try {
      const response = await asked({ method: "POST", body: line });
      const given = response.headers.get("mcp-session-id");
      if (session === null && given !== null) session = given;
      const isJson = response.headers.get("content-type")
        ?.startsWith("application/json") === true;
      if (response.ok || isJson && ![401, 403].includes(response.status)) {
        await take(response);
      } else {
        await response.body?.cancel();
        if (frame.kind === "request") {
          refused(frame.id, {
            status: response.status,
            challenge: response.headers.get("www-authenticate"),
          });
        }
        fail(`the server answered with status ${response.status}`);
      }
      if (frame.kind === "notification") void listen();
    } catch (error) {
      if (stop.signal.aborted) return;
      fail(
        `the server cannot be reached: ${
          error instanceof Error ? error.message : String(error)
        }`,
      );
    }
  }

  return {
    lines,
    send(line) {
      // Its answer comes as a line; others need not wait for it.
      void post(line);
      return Promise.resolve();
    },
    async end() {
      end();
      if (session !== null) {
        const ends = fetch(url, {
          method: "DELETE",
          headers: headers(),
          redirect: "manual",
          signal: AbortSignal.timeout(1000),
        });
        await ends.then((response) => response.body?.cancel()).catch(() => {});
      }
      stop.abort();
    },
  };
}
