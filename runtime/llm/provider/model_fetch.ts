import { joinedBytes } from "../../../tools/data/joined_bytes.ts";
import { ModelError } from "../../attempt/model_error.ts";
import { causes, refusalIn } from "../../attempt/causes.ts";

/**
 * The network, as far as a provider needs it; the global `fetch` fits. It may
 * have a time limit of its own, which ends in a `TimeoutError`.
 */
export type ModelFetch = (url: string, init: RequestInit) => Promise<Response>;

/** `fetch`, as the provider packages call it. */
export type PackageFetch = (
  input: string | URL | Request,
  init?: RequestInit,
) => Promise<Response>;

/** Far more than any answer of a model. */
const MAX_BODY_BYTES = 2 ** 24;
/** Statuses for which a `Response` must not have a body. */
const NO_BODY = new Set([204, 205, 304]);

/**
 * Gives a provider package a network that answers completely or not at all: a
 * response is read to its end, up to 16 MiB, before the package sees it. No
 * redirect is followed, since the prompt and the key are meant for one server;
 * it is an answer like any other status.
 *
 * It throws a `ModelError` of type `network`, `timeout`, `too_large` or
 * `permission_denied`; when the signal is aborted, the error that `send` throws.
 */
export function wholeResponses(send: ModelFetch): PackageFetch {
  return async (input, init = {}) => {
    const url = input instanceof Request ? input.url : String(input);
    try {
      const response = await send(url, { ...init, redirect: "manual" });
      const { status, statusText, headers } = response;
      const body = await readBody(response, url);
      return new Response(NO_BODY.has(status) ? null : body, {
        status,
        statusText,
        headers,
      });
    } catch (error) {
      if (error instanceof ModelError || init.signal?.aborted) throw error;
      throw connectionError(error, url);
    }
  };
}

async function readBody(
  { body }: Response,
  url: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) {
      throw new ModelError(
        `Cannot read the answer of "${
          host(url)
        }": it is larger than ${MAX_BODY_BYTES} bytes`,
        { type: "too_large" },
      );
    }
    chunks.push(chunk);
  }
  return joinedBytes(chunks);
}

/** Uses only known reasons, never the error's own text, which may quote a header. */
function connectionError(error: unknown, url: string): ModelError {
  const refusal = refusalIn(error);
  if (refusal !== undefined) {
    return new ModelError(
      `Cannot reach "${host(url)}": the process has no permission for this`,
      { type: "permission_denied", cause: refusal },
    );
  }
  if (error instanceof Error && error.name === "TimeoutError") {
    return new ModelError(
      `Cannot reach "${host(url)}": it took too long to answer`,
      { type: "timeout", transient: true },
    );
  }
  return new ModelError(`Cannot reach "${host(url)}": ${reason(error)}`, {
    type: "network",
    transient: true,
  });
}

const REASONS = [
  [/connection refused/i, "the connection was refused"],
  [/dns error|failed to lookup|name or service/i, "the host was not found"],
  [/certificate|tls|handshake/i, "no secure connection could be made"],
  [/reading a body|connection closed|reset|eof/i, "the connection broke off"],
] as const;

function reason(error: unknown): string {
  const texts = [...causes(error)].map(({ message }) => message);
  const known = REASONS.find(([form]) => texts.some((text) => form.test(text)));
  return known?.[1] ?? "the connection failed";
}

function host(url: string): string {
  return URL.parse(url)?.host ?? "the server";
}
