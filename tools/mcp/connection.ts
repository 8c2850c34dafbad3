import type { JsonObject } from "../data/json.ts";
import { ToolError } from "../tool_error.ts";
import {
  type FrameId,
  idKey,
  notificationText,
  requestText,
  type ResponseFrame,
  type RpcError,
} from "./frame.ts";

/** One side of the protocol: what we ask it ourselves, and what was passed on to it. */
export interface Connection {
  /** Writes a message to it; resolves when it is handed over. */
  send(text: string): Promise<void>;
  /**
   * Asks it, with an id of our own.
   *
   * @throws {RemoteError} when the answer is an error
   * @throws {ToolError} `timeout`, `malformed_answer`, `server_ended`
   * @throws the reason of the signal when it aborts; the other side is told
   */
  ask(
    method: string,
    params: JsonObject,
    options: AskOptions,
  ): Promise<JsonObject>;
  /** Passes a request of this side on as it is, to another one, whose answer will be passed back. */
  pass(
    request: { readonly id: FrameId; readonly text: string },
    to: Connection,
  ): Promise<void>;
  /** Takes note that the answer to a request of another side is passed back to that one. */
  awaits(id: FrameId, answered: () => void): void;
  /** Whether a request of this side waits for its answer, which will be passed back. */
  isOpen(id: FrameId): boolean;
  /** Takes an answer: to us, to one who passed a request on, or to nobody. */
  take(answer: ResponseFrame): "own" | "passed" | "unknown";
  /** The same for an answer that cannot be read: what we asked ourselves fails. */
  spoil(id: FrameId, reason: string): "own" | "passed" | "unknown";
  /** Nothing comes any more: what waits fails. */
  end(reason: string): void;
}

/** How something is asked. */
export interface AskOptions {
  readonly signal: AbortSignal;
  /** Milliseconds after which there is no answer. Default: no limit. */
  readonly ms?: number | undefined;
}

/** What a connection needs. */
export interface ConnectionOptions {
  readonly send: (text: string) => Promise<void>;
  /** What our own ids begin with, so that they are nobody else's. */
  readonly prefix: string;
  /** Calls `expired` after so many milliseconds, unless it is disposed of before. */
  readonly deadline: (ms: number, expired: () => void) => Disposable;
  /** Who it is, in messages: `the server`. */
  readonly who: string;
}

/** The other side answered with an error. */
export class RemoteError extends ToolError {
  /** As the other side wrote it. */
  readonly error: RpcError;

  /** Carries the error of an answer. */
  constructor(error: RpcError) {
    super(`${error.message} (${error.code})`, { type: String(error.code) });
    this.error = error;
  }
}

/** Opens a connection; nothing is sent yet. */
export function connection(
  { send, prefix, deadline, who }: ConnectionOptions,
): Connection {
  const asked = new Map<string, PromiseWithResolvers<JsonObject>>();
  /** Requests of this side that were passed on, and those of the other side that this one is to answer. */
  const open = new Set<string>();
  const awaited = new Map<string, () => void>();
  let numbers = 0;
  let over: string | undefined;

  /** Whoever waits for an answer that was passed on does so no longer. */
  function answeredFor(key: string): "passed" | "unknown" {
    const answered = awaited.get(key);
    if (answered === undefined) return "unknown";
    awaited.delete(key);
    answered();
    return "passed";
  }

  function ended(): ToolError {
    return new ToolError(`${who} has ended: ${over}`, { type: "server_ended" });
  }

  return {
    send,
    async ask(method, params, { signal, ms }) {
      if (over !== undefined) throw ended();
      signal.throwIfAborted();
      numbers += 1;
      const id = `${prefix}${numbers}`;
      const key = idKey(id);
      const answer = Promise.withResolvers<JsonObject>();
      // Sending can fail before anybody awaits the answer.
      answer.promise.catch(() => {});
      asked.set(key, answer);
      const giveUp = (reason: unknown, why: string) => {
        answer.reject(reason);
        void send(notificationText("notifications/cancelled", {
          requestId: id,
          reason: why,
        })).catch(() => {});
      };
      const abort = () => giveUp(signal.reason, "the call was cancelled");
      signal.addEventListener("abort", abort, { once: true });
      using _limit = ms === undefined ? undefined : deadline(ms, () => {
        const message = `${who} did not answer within ${ms} ms`;
        giveUp(new ToolError(message, { type: "timeout" }), message);
      });
      try {
        // Who cannot be written to has ended, and the answer says why.
        await send(requestText(id, { method, params })).catch(() => {});
        return await answer.promise;
      } finally {
        signal.removeEventListener("abort", abort);
        asked.delete(key);
      }
    },
    async pass({ id, text }, to) {
      open.add(idKey(id));
      to.awaits(id, () => open.delete(idKey(id)));
      await to.send(text);
    },
    awaits: (id, answered) => awaited.set(idKey(id), answered),
    isOpen: (id) => open.has(idKey(id)),
    take({ id, result, error }) {
      const key = idKey(id);
      const own = asked.get(key);
      if (own !== undefined) {
        asked.delete(key);
        if (error === undefined) own.resolve(result);
        else own.reject(new RemoteError(error));
        return "own";
      }
      return answeredFor(key);
    },
    spoil(id, reason) {
      const key = idKey(id);
      const own = asked.get(key);
      asked.delete(key);
      own?.reject(
        new ToolError(`the answer of ${who} cannot be read: ${reason}`, {
          type: "malformed_answer",
        }),
      );
      return own === undefined ? answeredFor(key) : "own";
    },
    end(reason) {
      over ??= reason;
      for (const { reject } of asked.values()) reject(ended());
      asked.clear();
    },
  };
}
