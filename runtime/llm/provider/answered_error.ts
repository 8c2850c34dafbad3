import { type Fields, fieldsOf, listOf } from "./fields.ts";

/** An error that a server sent as if it were an answer. */
export interface AnsweredError {
  /** The HTTP status that it should have had. */
  readonly status: number;
  /** In a form that every provider package reads. */
  readonly body: Fields;
}

/** The status that each error name means: names of OpenAI, Anthropic, Google, and common ones. */
const STATUS_OF: ReadonlyMap<string, number> = new Map(
  Object.entries({
    400: ["invalid_request_error", "invalid_argument", "bad_request"],
    401: [
      "authentication_error",
      "invalid_api_key",
      "unauthenticated",
      "unauthorized",
    ],
    402: ["payment_required", "insufficient_balance", "insufficient_credits"],
    403: ["permission_error", "permission_denied", "forbidden"],
    404: ["not_found_error", "not_found", "model_not_found"],
    429: [
      "rate_limit_exceeded",
      "rate_limit_error",
      "rate_limit",
      "too_many_requests",
      "resource_exhausted",
      "insufficient_quota",
    ],
    500: ["server_error", "internal_server_error", "internal", "api_error"],
    502: ["bad_gateway", "provider_error", "upstream_error"],
    503: ["service_unavailable", "unavailable", "overloaded"],
    504: ["gateway_timeout", "timeout", "timeout_error", "deadline_exceeded"],
    529: ["overloaded_error"],
  }).flatMap(([status, names]) =>
    names.map((name): readonly [string, number] => [name, Number(status)])
  ),
);

/** Words for a stop that is the server's failure, not the model's: GLM's, DeepSeek's. */
const FAILED_STOPS = new Set(["network_error", "insufficient_system_resource"]);

/**
 * Finds the error in a body that came with a success status: at the top, alone
 * in a list, or in its first choice, where a gateway reports that the server it
 * calls failed. `undefined` when there is no error, or its kind is not stated:
 * then the answer is unreadable and is quoted as it is.
 */
export function answeredError(body: unknown): AnsweredError | undefined {
  const [only] = listOf(body);
  const top = fieldsOf(only) ?? fieldsOf(body);
  const error = fieldsOf(top?.error) ??
    (top?.object === "error" ? top : undefined);
  if (error !== undefined) {
    const status = statusOf(error);
    return status === undefined ? undefined : worded(status, error);
  }
  const choice = fieldsOf(listOf(top?.choices)[0]);
  const failed = fieldsOf(choice?.error);
  if (failed !== undefined) return worded(statusOf(failed) ?? 502, failed);
  const stop = choice?.finish_reason;
  return typeof stop === "string" && FAILED_STOPS.has(stop)
    ? worded(503, { message: `finish_reason: ${stop}` })
    : undefined;
}

function statusOf(error: Fields): number | undefined {
  for (const key of ["code", "status", "status_code", "http_code", "type"]) {
    const value = error[key];
    const status = STATUS_OF.get(String(value).toLowerCase()) ?? Number(value);
    if (Number.isInteger(status) && status >= 400 && status < 600) {
      return status;
    }
  }
}

/** Gateways quote the server that they call in `metadata.raw`. */
function worded(status: number, error: Fields): AnsweredError {
  const { message, type, code, metadata } = error;
  const { raw } = fieldsOf(metadata) ?? {};
  const words = [message, raw].filter((each) =>
    typeof each === "string" && each !== ""
  );
  return {
    status,
    body: {
      type: "error",
      error: {
        ...error,
        message: words.join(": ") || "no reason given",
        type: typeof type === "string" ? type : "error",
        code: typeof code === "string" ? code : status,
        status: typeof error.status === "string" ? error.status : "error",
      },
    },
  };
}
