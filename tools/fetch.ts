import { z } from "../deps.ts";
import { type Schema, standardSchema } from "./schema.ts";
import type { Tool } from "./tool.ts";
import { ToolError } from "./tool_error.ts";

const MAX_URL_LENGTH = 2048;
const TRANSIENT_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);

/** The arguments of `fetch`. */
export interface FetchArgs {
  /** Absolute URL to GET, 1 to 2048 characters. */
  readonly url: string;
}

/** An HTTP response, as far as the tool needs it; the global `Response` fits. */
export interface FetchResponse {
  /** HTTP status; anything but 200 to 299 becomes a `ToolError`. */
  readonly status: number;
  /** Header fields, whatever the case of their name; `null` for one that is missing. */
  readonly headers: { get(name: string): string | null };
  /** The body in pieces, `null` for none; ending the iteration early closes it. */
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** The network, as far as the tool needs it; the global `fetch` fits. */
export type FetchLike = (
  url: string,
  init: { readonly redirect: "manual"; readonly signal: AbortSignal },
) => Promise<FetchResponse>;

/** What `fetchTool` touches, and its limits. */
export interface FetchOptions {
  /** Sends the request; it must heed the signal and follow no redirect. */
  readonly fetch: FetchLike;
  /** How many bytes a body may have. Default: 1 MiB. */
  readonly maxBytes?: number;
}

const args: Schema<FetchArgs> = standardSchema(z.strictObject({
  url: z.string().check(
    z.minLength(1),
    z.maxLength(MAX_URL_LENGTH),
    z.describe("Absolute URL to GET"),
  ),
}));

/**
 * Creates the tool that gets one URL and returns its text, which must be UTF-8.
 * It follows no redirect, since where one leads has not been judged.
 *
 * It fails as `network`, `redirect`, `too_large`, `not_text`, or with the status
 * as its type. The first, and the statuses 408, 425, 429, 500,
 * 502, 503 and 504, are transient.
 */
export function fetchTool(options: FetchOptions): Tool<FetchArgs> {
  const { maxBytes = 2 ** 20 } = options;
  return {
    name: "fetch",
    description: "Get the text behind one URL",
    effects: { fetches: ["url"] },
    args,
    idempotent: true,
    async run({ url }, { signal }) {
      try {
        const response = await options.fetch(url, {
          redirect: "manual",
          signal,
        });
        await refuseStatus(response, url);
        const body = await readBody(response, url, maxBytes);
        return {
          url,
          status: response.status,
          content_type: response.headers.get("content-type"),
          bytes: body.length,
          text: decode(body, url),
        };
      } catch (error) {
        if (error instanceof ToolError || signal.aborted) throw error;
        throw new ToolError(`Cannot fetch "${url}": the connection failed`, {
          type: "network",
          transient: true,
          cause: error,
        });
      }
    },
  };
}

async function refuseStatus(
  response: FetchResponse,
  url: string,
): Promise<void> {
  const { status } = response;
  if (status >= 200 && status < 300) return;
  await response.body?.[Symbol.asyncIterator]().return?.();
  const location = response.headers.get("location");
  if (status >= 300 && status < 400 && location !== null) {
    throw new ToolError(
      `Cannot fetch "${url}": it redirects to "${location}", and redirects are not followed`,
      { type: "redirect" },
    );
  }
  throw new ToolError(`Cannot fetch "${url}": the server answered ${status}`, {
    type: String(status),
    transient: TRANSIENT_STATUS.has(status),
  });
}

async function readBody(
  response: FetchResponse,
  url: string,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > maxBytes) {
      throw new ToolError(
        `Cannot fetch "${url}": the body is larger than ${maxBytes} bytes`,
        { type: "too_large" },
      );
    }
    chunks.push(chunk);
  }
  const body = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.length;
  }
  return body;
}

function decode(body: Uint8Array, url: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch (cause) {
    throw new ToolError(`Cannot fetch "${url}": the body is not UTF-8 text`, {
      type: "not_text",
      cause,
    });
  }
}
