import { loopback } from "./loopback.ts";

/** A request as the server got it. */
export interface AskedRequest {
  readonly path: string;
  readonly headers: Headers;
  /** The body, parsed. */
  readonly body: unknown;
}

/** Answers one request; `closed` aborts when the server is to close. */
export type Answer = (closed: AbortSignal) => Response | Promise<Response>;

/** A server on this machine that plays a model. */
export interface LlmServer extends AsyncDisposable {
  /** Where it is asked: `http://127.0.0.1:PORT/v1`. */
  readonly baseUrl: string;
  /** Every request so far. */
  readonly requests: readonly AskedRequest[];
}

/**
 * Starts a server that answers each request with the next step of a script. A
 * request too many is answered with 400, which is never retried.
 */
export function llmServer(script: readonly Answer[]): LlmServer {
  const requests: AskedRequest[] = [];
  const server = loopback(async (request) => {
    const answer = script[requests.length];
    requests.push({
      path: new URL(request.url).pathname,
      headers: request.headers,
      body: await request.json(),
    });
    return answer === undefined
      ? failure(400, { message: "The script has no more answers" })
      : await answer(server.closed);
  });
  return {
    baseUrl: `http://${server.host}/v1`,
    requests,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** A call as Chat Completions spells it. */
export interface WireCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** What one answer says; every part may be left out. */
export interface Completion {
  readonly content?: string;
  readonly calls?: readonly WireCall[];
  readonly refusal?: string;
  readonly reasoning?: string;
  /** Default: `tool_calls` when there are calls, else `stop`. */
  readonly finish?: string;
  /** Default: none, as if the one that was asked had answered. */
  readonly model?: string;
  /** Default: 12 tokens in, 5 out. `null` for none. */
  readonly usage?: Readonly<Record<string, unknown>> | null;
}

const USAGE = { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 };

/** Answers as a model does that worked. */
export function completion(
  { content, calls, refusal, reasoning, finish, model, usage = USAGE }:
    Completion,
): Answer {
  return () =>
    Response.json({
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 1_700_000_000,
      ...model === undefined ? {} : { model },
      choices: [{
        index: 0,
        message: {
          role: "assistant",
          content: content ?? null,
          ...refusal === undefined ? {} : { refusal },
          ...reasoning === undefined ? {} : { reasoning },
          ...calls === undefined ? {} : {
            tool_calls: calls.map(({ id, ...call }) => ({
              id,
              type: "function",
              function: call,
            })),
          },
        },
        finish_reason: finish ?? (calls === undefined ? "stop" : "tool_calls"),
      }],
      ...usage === null ? {} : { usage },
    });
}

/** Answers without any choice. */
export function emptyChoices(): Answer {
  return () => Response.json({ id: "chatcmpl-1", choices: [], usage: USAGE });
}

/** Answers 200 with a body of one's own. */
export function body(text: string): Answer {
  return () =>
    new Response(text, { headers: { "content-type": "application/json" } });
}

/** Answers with a status and an error in OpenAI's form. */
export function error(
  status: number,
  detail: { readonly message: string; readonly code?: string },
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return () => failure(status, detail, headers);
}

function failure(
  status: number,
  detail: { readonly message: string; readonly code?: string },
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json({ error: { type: "error", ...detail } }, {
    status,
    headers,
  });
}

/** Sends the client elsewhere. */
export function redirect(location: string): Answer {
  return () => new Response(null, { status: 307, headers: { location } });
}

/** Never answers; `arrived` hears when it was asked. */
export function silence(arrived: () => void): Answer {
  return (closed) => {
    arrived();
    return new Promise((resolve) => {
      closed.addEventListener("abort", () => resolve(new Response()), {
        once: true,
      });
    });
  };
}

/** Starts a server that begins an answer to its first request and then lets the connection drop. */
export function cutOffServer(): Pick<LlmServer, "baseUrl"> & AsyncDisposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const served = serve();
  return {
    baseUrl: `http://127.0.0.1:${listener.addr.port}/v1`,
    async [Symbol.asyncDispose]() {
      listener.close();
      await served;
    },
  };

  async function serve(): Promise<void> {
    using connection = await listener.accept();
    await connection.read(new Uint8Array(65_536));
    await connection.write(
      new TextEncoder().encode(
        'HTTP/1.1 200 OK\r\ncontent-length: 4096\r\n\r\n{"choices":[',
      ),
    );
  }
}
