import { ToolError } from "../../tools/tool_error.ts";
import { refusalIn, REFUSED } from "./causes.ts";
import { ModelError } from "./model_error.ts";
import { RecordedFailure } from "./recorded_failure.ts";
import type { RecordedError } from "../record/event.ts";

/** How one attempt ended. */
export type Attempted<T> =
  | { readonly ok: true; readonly value: T }
  | {
    readonly ok: false;
    readonly error: RecordedError;
    /** How long a server asks to wait, in milliseconds. */
    readonly retryAfterMs?: number | undefined;
    /** Where the error comes from when the work was not done again. */
    readonly recorded?: RecordedFailure;
  };

/**
 * Does work that may fail, once. This is the one place in the loop where a
 * thrown error becomes a value. It does not wait for work that ignores `signal`.
 */
export async function attempt<T>(
  work: () => Promise<T>,
  signal: AbortSignal,
): Promise<Attempted<T>> {
  try {
    signal.throwIfAborted();
    return { ok: true, value: await abortable(work(), signal) };
  } catch (error) {
    if (error instanceof RecordedFailure) {
      const { retryAfterMs } = error;
      return { ok: false, error: error.error, recorded: error, retryAfterMs };
    }
    const failed = { ok: false, error: classify(error, signal) } as const;
    const asked = error instanceof ModelError || error instanceof ToolError
      ? error.retryAfterMs
      : undefined;
    return asked === undefined ? failed : { ...failed, retryAfterMs: asked };
  }
}

function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    // The work may have cancelled the run itself, before anybody listened.
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() =>
      signal.removeEventListener("abort", abort)
    );
  });
}

function classify(error: unknown, signal: AbortSignal): RecordedError {
  const refused = refusalIn(error);
  if (signal.aborted) {
    return { kind: "cancelled", ...describe(error, "cancelled") };
  }
  if (refused !== undefined) {
    return {
      kind: "permission_denied",
      type: "permission_denied",
      exception_class: refused.name,
      message: refusalOf(refused),
    };
  }
  if (error instanceof ModelError) {
    return {
      kind: error.transient ? "transient" : "unhandled",
      ...describe(error, error.type),
    };
  }
  if (error instanceof ToolError) {
    return {
      kind: error.transient ? "transient" : "reported",
      ...describe(error, error.type),
    };
  }
  return { kind: "unhandled", ...describe(error) };
}

/** Names the permission and the host. It leaves out paths, which may be paths of this machine. */
function refusalOf({ message }: Error): string {
  const kind = REFUSED.exec(message)?.[1];
  if (kind === undefined) return "the operating system refused it";
  const [, host] = /^Requires net access to "([^"\s]+)"/.exec(message) ?? [];
  const flag = host === undefined ? kind : `${kind}=${host}`;
  return `the process has no permission for this (--allow-${flag})`;
}

function describe(
  error: unknown,
  type?: string,
): Omit<RecordedError, "kind"> {
  const exception_class = error instanceof Error
    ? spelled(error.name) || "Error"
    : typeof error;
  return {
    type: spelled(type ?? "") || exception_class,
    exception_class,
    message: spelled(error instanceof Error ? error.message : error),
  };
}

/** Untyped code may throw any value; each one has a text. */
function spelled(value: unknown): string {
  try {
    return String(value).toWellFormed();
  } catch {
    return "(cannot be shown)";
  }
}
