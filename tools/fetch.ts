import { z } from "../deps.ts";
import { fittingText } from "./page/fitting_text.ts";
import { type DecodedText, decodedText } from "./page/decoded_text.ts";
import type { JsonObject } from "./data/json.ts";
import type { PageText } from "./page/page_text.ts";
import { type Schema, standardSchema } from "./schema.ts";
import { Redirect } from "./redirect.ts";
import { retryAfterMs } from "./retry_after.ts";
import type { Tool } from "./tool.ts";
import { ToolError } from "./tool_error.ts";

const MAX_URL_LENGTH = 2048;
/** How much of a page of HTML is read. */
const MAX_HTML_LENGTH = 2 ** 18;
/** How many characters of JSON a tool may return. */
const MAX_RESULT_LENGTH = 2 ** 22;
const REDIRECT_STATUS = new Set([301, 302, 303, 307, 308]);
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
  /** Header fields by name, in any case; `null` for a missing one. */
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
  /** Sends the request; it must stop when the signal aborts and must not follow a redirect. */
  readonly fetch: FetchLike;
  /** How many bytes a body may have. Default: 1 MiB. */
  readonly maxBytes?: number | undefined;
  /** Makes text of a page of HTML. Default: the page is its text. */
  readonly htmlText?: ((html: string) => Promise<PageText>) | undefined;
}

const args: Schema<FetchArgs> = standardSchema(z.strictObject({
  url: z.string().check(
    z.minLength(1),
    z.maxLength(MAX_URL_LENGTH),
    z.describe("Absolute URL to GET"),
  ),
}));

/**
 * Creates the tool that gets one URL and returns its text, decoded as a byte
 * order mark, its `Content-Type` or the page itself says; `charset` names the
 * encoding when it is not UTF-8. Of a page of HTML it returns the text of the
 * first 262,144 characters. Text longer than a tool may return is cut;
 * `truncated` says that there is more. It does not follow a redirect, since the
 * target has not been judged; it returns the redirect.
 *
 * It fails as `network`, `redirect` (to nowhere), `too_large`, `not_text`,
 * `unreadable_page`, or with the status as its type. The first, and the statuses
 * 408, 425, 429, 500, 502, 503 and 504, are transient; the next try waits as long as
 * `retry-after` asks, a minute at most.
 */
export function fetchTool(options: FetchOptions): Tool<FetchArgs> {
  const { maxBytes = 2 ** 20, htmlText = asItIs } = options;
  return {
    name: "fetch",
    description: "Get the text behind one URL",
    effects: { fetches: ["url"] },
    labels: ["untrusted", "sink"],
    args,
    idempotent: true,
    async run({ url }, { signal, urls }) {
      const judged = urls.get(url);
      if (judged === undefined) {
        throw new RangeError(`Cannot fetch "${url}": it was not judged`);
      }
      const got = await get(judged, { url, signal });
      if (got instanceof Redirect) return got;
      const { response, body } = got;
      const contentType = response.headers.get("content-type");
      const { text, charset } = decode(body, { url, contentType });
      return fitting({
        url,
        status: response.status,
        content_type: contentType,
        ...charset === "utf-8" ? {} : { charset },
        bytes: body.length,
      }, isHtml(contentType) ? await textOfPage(text, url) : whole(text));
    },
  };

  /** The text of a page, or of its beginning when it is very long. */
  async function textOfPage(html: string, url: string): Promise<PageText> {
    try {
      const read = await htmlText(html.slice(0, MAX_HTML_LENGTH));
      const truncated = read.truncated || html.length > MAX_HTML_LENGTH;
      return { ...read, truncated };
    } catch (cause) {
      throw new ToolError(
        `Cannot fetch "${url}": no text can be made of the page`,
        { type: "unreadable_page", cause },
      );
    }
  }

  /** Sends the request and reads the answer; every failure of the connection is transient. */
  async function get(
    judged: string,
    { url, signal }: { readonly url: string; readonly signal: AbortSignal },
  ): Promise<Redirect | Answer> {
    try {
      const response = await options.fetch(judged, {
        redirect: "manual",
        signal,
      });
      if (REDIRECT_STATUS.has(response.status)) {
        await close(response);
        return new Redirect({ url: redirectedTo(response, judged) });
      }
      await refuseStatus(response, url);
      return { response, body: await readBody(response, url, maxBytes) };
    } catch (error) {
      if (error instanceof ToolError || signal.aborted) throw error;
      throw new ToolError(`Cannot fetch "${url}": the connection failed`, {
        type: "network",
        transient: true,
        cause: error,
      });
    }
  }
}

function whole(text: string): PageText {
  return { text, truncated: false };
}

function asItIs(html: string): Promise<PageText> {
  return Promise.resolve(whole(html));
}

/** Adds to a result as much of a text as a tool may return. */
function fitting(
  result: JsonObject,
  { text, truncated }: PageText,
): JsonObject {
  const around = JSON.stringify({ ...result, text: "", truncated: true });
  const fits = fittingText(text, MAX_RESULT_LENGTH - around.length + 2);
  return truncated || fits.length < text.length
    ? { ...result, text: fits, truncated: true }
    : { ...result, text };
}

interface Answer {
  readonly response: FetchResponse;
  readonly body: Uint8Array;
}

async function refuseStatus(
  response: FetchResponse,
  url: string,
): Promise<void> {
  const { status } = response;
  if (status >= 200 && status < 300) return;
  await close(response);
  throw new ToolError(`Cannot fetch "${url}": the server answered ${status}`, {
    type: String(status),
    transient: TRANSIENT_STATUS.has(status),
    retryAfterMs: retryAfterMs(
      Object.fromEntries(
        ["retry-after-ms", "retry-after", "date"].flatMap((name) => {
          const value = response.headers.get(name);
          return value === null ? [] : [[name, value]];
        }),
      ),
    ),
  });
}

/** Closes a body that is not read. */
async function close({ body }: FetchResponse): Promise<void> {
  await body?.[Symbol.asyncIterator]().return?.();
}

/** Where a response redirects to, as an absolute URL. */
function redirectedTo({ headers, status }: FetchResponse, url: string): string {
  const location = headers.get("location");
  const target = location === null ? null : URL.parse(location, url);
  if (target === null) {
    throw new ToolError(
      `Cannot fetch "${url}": the server answered ${status} with no place to go to`,
      { type: "redirect" },
    );
  }
  return target.href;
}

function isHtml(contentType: string | null): boolean {
  return /^\s*(text\/html|application\/xhtml\+xml)\s*(;|$)/i
    .test(contentType ?? "");
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

function decode(
  body: Uint8Array,
  { url, contentType }: {
    readonly url: string;
    readonly contentType: string | null;
  },
): DecodedText {
  const decoded = decodedText(body, { contentType });
  if (decoded !== undefined) return decoded;
  throw new ToolError(
    `Cannot fetch "${url}": the body is not text in its declared encoding, nor in UTF-8`,
    { type: "not_text" },
  );
}
