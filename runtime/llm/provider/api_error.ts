import { z } from "../../../deps.ts";
import { ModelError } from "../../attempt/model_error.ts";
import { causes, refusalIn } from "../../attempt/causes.ts";
import { retryAfterMs, retryInfoMs } from "../../../tools/retry_after.ts";
import { fieldsOf, jsonOf, listOf } from "./fields.ts";
import { withoutKey } from "./without_key.ts";

/** Who was asked. */
export interface Asked {
  /** How messages name the model: `openai:gpt-5`. */
  readonly name: string;
  /** The key that was sent, which no message may show. */
  readonly key?: string | undefined;
}

/** What the provider packages call `APICallError`, as far as it is looked at. */
const apiCallError = z.looseObject({
  name: z.literal("AI_APICallError"),
  message: z.string(),
  statusCode: z.optional(z.int()),
  responseHeaders: z.optional(z.record(z.string(), z.string())),
  responseBody: z.optional(z.string()),
  data: z.optional(z.unknown()),
});

/** The same server may answer such a request later. */
const TRANSIENT_STATUS = new Set([
  ...[408, 425, 429, 500, 502, 503, 504],
  // A proxy could not reach the server (Cloudflare), or the server is overloaded
  // (Anthropic).
  ...[520, 521, 522, 523, 524, 529],
]);

const STATUS_TYPES = new Map([[401, "unauthorized"], [403, "forbidden"]]);

/** Errors of the packages for an answer that does not have the provider's own form. */
const UNREADABLE = new Set([
  "AI_EmptyResponseBodyError",
  "AI_InvalidResponseDataError",
  "AI_JSONParseError",
  "AI_NoContentGeneratedError",
  "AI_TypeValidationError",
]);

/** How much of a server's own words a message quotes. */
const MAX_QUOTE_LENGTH = 300;

/**
 * Classifies an error thrown by a provider package. It quotes the server's own
 * words on one line and without the key, unless the server refused the key: such
 * answers show parts of it.
 */
export function modelErrorOf(error: unknown, asked: Asked): ModelError {
  for (const each of causes(error)) {
    if (each instanceof ModelError) return each;
  }
  const cannot = `Cannot ask "${asked.name}":`;
  const refusal = refusalIn(error);
  if (refusal !== undefined) {
    return new ModelError(
      `${cannot} the process has no permission for this`,
      { type: "permission_denied", cause: refusal },
    );
  }
  const call = apiCallError.safeParse(error);
  if (call.success) {
    const { statusCode: status, responseHeaders, data } = call.data;
    if (status === undefined) {
      return new ModelError(`${cannot} the connection failed`, {
        type: "network",
        transient: true,
      });
    }
    const quote = STATUS_TYPES.has(status)
      ? ""
      : quoted(wordsOf(call.data), asked.key);
    if (status < 300) return unreadable(cannot, quote);
    const spent = status === 429 &&
      (isQuota(data) || isQuota(jsonOf(call.data.responseBody ?? "")));
    return new ModelError(
      `${cannot} the server answered ${status}${quote && `: ${quote}`}`,
      {
        type: spent
          ? "insufficient_quota"
          : STATUS_TYPES.get(status) ?? String(status),
        transient: TRANSIENT_STATUS.has(status) && !spent,
        retryAfterMs: retryAfterMs(responseHeaders ?? {}) ??
          retryInfoMs(call.data.responseBody),
      },
    );
  }
  const name = error instanceof Error ? error.name : typeof error;
  if (UNREADABLE.has(name)) return unreadable(cannot);
  if (name === "TimeoutError") {
    return new ModelError(`${cannot} it took too long to answer`, {
      type: "timeout",
      transient: true,
    });
  }
  const text = error instanceof Error ? error.message : "";
  return new ModelError(
    `${cannot} the adapter failed with ${name}: ${quoted(text, asked.key)}`,
    { type: "provider_error" },
  );
}

function unreadable(cannot: string, quote = ""): ModelError {
  return new ModelError(
    `${cannot} the server's answer does not have the form that it promises${
      quote && `: ${quote}`
    }`,
    { type: "invalid_response" },
  );
}

/** The server's error message, or else its answer unless that is an HTML page. */
function wordsOf(
  { data, message, responseBody = "", statusCode = 0 }: z.infer<
    typeof apiCallError
  >,
): string {
  const answer = /^\s*</.test(responseBody) ? "" : responseBody;
  if (statusCode < 300) return answer;
  return data === undefined ? answer || message : message;
}

/** Providers' names for an account that must be paid before requests are served. */
const SPENT =
  /insufficient|billing|quota|credit|balance|payment|budget|spend|arrear/i;

/** Their names for a limit that passes with time, such as `Throttling.AllocationQuota`. */
const LIMITED = /throttl|rate|minute|second/i;

/**
 * Whether the name of an error says that the account is empty. The message is
 * not used: messages about other errors contain such words too.
 */
function isQuota(data: unknown): boolean {
  const [only] = listOf(data);
  const body = fieldsOf(only) ?? fieldsOf(data);
  const { code, type } = fieldsOf(body?.error) ?? body ?? {};
  return [code, type].some((name) =>
    typeof name === "string" && SPENT.test(name) && !LIMITED.test(name)
  );
}

/** One line of what a server said, without the key. */
function quoted(text: string, key: string | undefined): string {
  const line = withoutKey(text, key).replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim();
  return line.length > MAX_QUOTE_LENGTH
    ? `${line.slice(0, MAX_QUOTE_LENGTH)}…`
    : line;
}
