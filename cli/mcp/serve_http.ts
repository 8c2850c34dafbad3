import { terminalLine } from "../../tools/data/untrusted_text.ts";
import { hiddenValues } from "../../tools/mcp/hidden_values.ts";
import { EXIT, type Output, UsageError } from "../command/command.ts";
import { cancelOnSignal } from "../execution/cancellation.ts";
import { type HttpClient, httpClient } from "./http_session.ts";
import { proxiedSession } from "./proxied_session.ts";
import type { SessionOptions } from "./session_options.ts";
import {
  type PlaceOptions,
  refuseUnfit,
  sessionPlace,
} from "./session_place.ts";
import { refusalOfServerUrl } from "../../tasks/tool_server.ts";
import { upstream } from "./upstream.ts";

/** What a proxy over Streamable HTTP is started with. */
export interface HttpProxy extends PlaceOptions, SessionOptions {
  readonly name: string;
  readonly listen: Listening;
  /** The address of the server. */
  readonly upstream: string;
}

/** Where a proxy listens. */
export interface Listening {
  readonly hostname: string;
  readonly port: number;
}

/** One session, as long as it lasts. */
interface Session {
  readonly client: HttpClient;
  /** The credentials that came with the last request of the client. */
  authorization: string | null;
  readonly ended: Promise<void>;
}

/** How many sessions there are at once. */
const MAX_SESSIONS = 100;

/** How large a message of a client may be, in bytes. */
const MAX_BODY_BYTES = 64 * 2 ** 20;

/** Names of this machine for itself. */
const LOOPBACK: ReadonlySet<string> = new Set([
  "127.0.0.1",
  "localhost",
  "[::1]",
]);

/**
 * Takes apart where to listen.
 *
 * @throws {UsageError} unless it is this machine alone that can connect
 */
export function listening(given: string): Listening {
  const [, hostname = "", port = ""] =
    /^(127\.0\.0\.1|localhost|\[::1\]):(\d{1,5})$/.exec(given) ?? [];
  if (hostname === "" || Number(port) > 65_535) {
    throw new UsageError(
      `Cannot use --listen "${given}": expected 127.0.0.1:PORT, localhost:PORT or [::1]:PORT`,
    );
  }
  return { hostname: hostname.replace(/^\[|\]$/g, ""), port: Number(port) };
}

/**
 * The address of a server.
 *
 * @throws {UsageError} when credentials would be sent in the clear, or stand in it
 */
export function upstreamAddress(given: string): string {
  const fault = refusalOfServerUrl(given);
  if (fault !== undefined) {
    throw new UsageError(`Cannot use --upstream "${given}": ${fault}`);
  }
  return new URL(given).href;
}

/** Stands before a server that is reached over HTTP, until a signal ends it. */
export async function serveHttp(
  { listen, upstream: url, ...given }: HttpProxy,
  output: Output,
): Promise<number> {
  refuseUnfit(given);
  // What is wrong with the folders is said before anybody connects.
  sessionPlace(given)[Symbol.dispose]();
  const say = (text: string) => output.note(terminalLine(text));
  const hidden = hiddenValues([]);
  using cancellation = cancelOnSignal();
  const sessions = new Map<string, Session>();

  function opened(authorization: string | null): Session {
    const id = crypto.randomUUID();
    const client = httpClient(id);
    const place = sessionPlace(given);
    const server = upstream({
      url,
      authorization: () => session.authorization,
      refused: client.refused,
    });
    const ended = proxiedSession(given, {
      ...{ client, server, place, hidden, signal: cancellation.signal },
    }, output).then(() => {}, (error) =>
      output.error(
        terminalLine(error instanceof Error ? error.message : String(error)),
      )).finally(async () => {
        sessions.delete(id);
        client.end();
        await server.end();
        place[Symbol.dispose]();
      });
    const session: Session = { client, authorization, ended };
    sessions.set(id, session);
    return session;
  }

  async function answer(request: Request): Promise<Response> {
    const refusal = refused(request);
    if (refusal !== undefined) return plain(403, refusal);
    const authorization = request.headers.get("authorization");
    const id = request.headers.get("mcp-session-id");
    const known = id === null ? undefined : sessions.get(id);
    if (id !== null && known === undefined) {
      return plain(404, "There is no such session");
    }
    if (known !== undefined) known.authorization = authorization;
    switch (request.method) {
      case "POST": {
        const text = await bodyOf(request);
        if (text === undefined) return plain(413, "The message is too large");
        const takesStream = request.headers.get("accept")
          ?.includes("text/event-stream") === true;
        if (known !== undefined) {
          return await known.client.post(text, { takesStream });
        }
        if (!opens(text)) {
          return plain(400, "Expected initialize, or a session");
        }
        if (sessions.size >= MAX_SESSIONS) {
          return plain(503, "There are too many sessions");
        }
        return await opened(authorization).client.post(text, { takesStream });
      }
      case "GET":
        return known === undefined
          ? plain(400, "Expected a session")
          : known.client.listen();
      case "DELETE":
        known?.client.end();
        await known?.ended;
        return new Response(null, { status: known === undefined ? 400 : 204 });
      default:
        return plain(405, "Expected POST, GET or DELETE");
    }
  }

  const server = Deno.serve(
    {
      ...listen,
      onListen: ({ hostname, port }) =>
        say(`listening at http://${hostname}:${port}/mcp`),
    },
    (request) =>
      answer(request).catch((error) =>
        plain(500, error instanceof Error ? error.message : String(error))
      ),
  );
  await new Promise<void>((resolve) => {
    if (cancellation.signal.aborted) resolve();
    cancellation.signal.addEventListener("abort", () => resolve());
  });
  await Promise.all([...sessions.values()].map(({ ended }) => ended));
  await server.shutdown();
  return EXIT.ok;
}

function plain(status: number, text: string): Response {
  return new Response(`${text}\n`, { status });
}

/**
 * Why a request is refused: a page of another site could make a browser send it, to
 * a name that leads to this machine.
 */
function refused({ headers }: Request): string | undefined {
  const host = URL.parse(`http://${headers.get("host")}/`);
  if (host === null || !LOOPBACK.has(host.hostname)) {
    return "The host is not this machine";
  }
  const given = headers.get("origin");
  if (given === null) return undefined;
  const origin = URL.parse(given);
  return origin !== null && LOOPBACK.has(origin.hostname)
    ? undefined
    : "The origin is not this machine";
}

async function bodyOf(request: Request): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** Only this begins a session; since 2026-07-28 there are none, and such a client is told so. */
function opens(text: string): boolean {
  try {
    return Object(JSON.parse(text)).method === "initialize";
  } catch {
    return false;
  }
}
