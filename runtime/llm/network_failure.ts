import { causes } from "../attempt/causes.ts";
import { ModelError } from "../attempt/model_error.ts";
import type { Llm } from "./llm.ts";

/** How systems and libraries name a connection that was not made or that broke. */
const CODES =
  /^(E(CONN\w+|PIPE|TIMEDOUT|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH|NETDOWN)|UND_ERR_\w+)$/;

/** The names that Deno and the usual clients give to such errors. */
const NAMES =
  /^(Connection(Reset|Refused|Aborted)|NotConnected|BrokenPipe|TimedOut|(Network|Host)Unreachable|TimeoutError|NetworkError|APIConnection\w*Error)$/;

/** What `fetch` says of one; its `TypeError` has no code of its own. */
const FETCH_FAILED =
  /^(fetch failed|failed to fetch|networkerror\b|error sending request|error reading a body|terminated$|load failed)/i;

/** Statuses with which the same server may answer the same request later. */
const TRANSIENT_STATUS = new Set([
  ...[408, 425, 429, 500, 502, 503, 504, 529],
]);

/**
 * The same model, of which an ordinary failure of the network is tried again: a
 * connection that broke or was not made, a time-out, and an error that carries the
 * status of an overloaded server, as the clients of providers throw them. Other
 * errors pass as they are, and end the run.
 */
export function retriedLlm(llm: Llm): Llm {
  return async (input, signal) => {
    try {
      return await llm(input, signal);
    } catch (error) {
      throw signal.aborted ? error : networkFailure(error) ?? error;
    }
  };
}

/**
 * An error as a failure of the network that may pass; `undefined` for any other,
 * and for one that says of itself what it is. The message is that of the
 * adapter, which must put no key into it.
 */
export function networkFailure(error: unknown): ModelError | undefined {
  const chain = [...causes(error)];
  const [first] = chain;
  if (first === undefined || first instanceof ModelError) return undefined;
  const status = statusOf(first);
  if (status !== undefined) {
    return TRANSIENT_STATUS.has(status)
      ? new ModelError(first.message, { type: String(status), transient: true })
      : undefined;
  }
  const failed = chain.find(isOfNetwork);
  if (failed === undefined) return undefined;
  const type = /time/i.test(`${failed.name} ${codeOf(failed)}`)
    ? "timeout"
    : "network";
  return new ModelError(first.message, { type, transient: true });
}

function isOfNetwork(error: Error): boolean {
  return CODES.test(codeOf(error)) || NAMES.test(error.name) ||
    error.name === "TypeError" && FETCH_FAILED.test(error.message);
}

function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "";
}

/** The status of an answer, where a client throws it: `status`, or `statusCode`. */
function statusOf(error: Error): number | undefined {
  const { status, statusCode } = Object(error);
  return [status, statusCode].find((each) => typeof each === "number");
}
