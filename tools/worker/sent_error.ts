import { ToolError } from "../tool_error.ts";
import type { SentError } from "./worker_message.ts";

/** How many causes of an error are sent along. */
const MAX_CAUSES = 8;

/** Takes the parts of an error that can be sent to another thread. */
export function sendError(error: unknown, depth = 0): SentError {
  if (!(error instanceof Error)) return { name: typeof error, message: "" };
  const { name, message, cause } = error;
  return {
    name,
    message,
    tool_error: error instanceof ToolError
      ? {
        type: error.type,
        transient: error.transient,
        retryAfterMs: error.retryAfterMs,
      }
      : undefined,
    cause: cause === undefined || depth === MAX_CAUSES
      ? undefined
      : sendError(cause, depth + 1),
  };
}

/** Rebuilds an error from what was sent: same name, message and causes. */
export function receivedError(sent: SentError): Error {
  const { name, message, tool_error } = sent;
  const options = sent.cause === undefined
    ? {}
    : { cause: receivedError(sent.cause) };
  if (tool_error !== undefined) {
    return new ToolError(message, { ...options, ...tool_error });
  }
  const error = new Error(message, options);
  error.name = name;
  return error;
}
