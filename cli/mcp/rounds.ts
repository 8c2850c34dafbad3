import { isObject, type Json, type JsonObject } from "../../tools/data/json.ts";
import { ToolError } from "../../tools/tool_error.ts";

/** A request of a client, as far as rounds look at it. */
export interface RoundRequest {
  readonly params: JsonObject;
}

/** What a client gets for one request: the result, or what the server asks first. */
export type Answer<Request> = (request: Request) => string;

/** A call that its client makes by several requests, since the server asks something in between. */
export interface Exchange<Request> {
  /** Aborts when the client cancels the request that is open. */
  readonly signal: AbortSignal;
  /**
   * Gives the client what the server asks, and waits for the request that answers
   * it.
   *
   * @throws the reason of the signal when it aborts
   */
  round(asked: JsonObject, signal: AbortSignal): Promise<Request>;
}

/** Calls that wait for what their clients answer. */
export interface Rounds<Request> {
  /**
   * Whether a request goes on with a call, or says that it does: it has the state that
   * came with what was asked.
   */
  continues(request: Request): boolean;
  /** Begins a call, and resolves with the answer to the request. */
  begin(
    signal: AbortSignal,
    call: (exchange: Exchange<Request>) => Promise<Answer<Request>>,
  ): Promise<Answer<Request>>;
  /**
   * Goes on with the call that waits for a request.
   *
   * @throws {ToolError} `no_such_round` when none does
   */
  goOn(request: Request, signal: AbortSignal): Promise<Answer<Request>>;
  /** No request comes any more: calls that wait fail. */
  end(reason: unknown): void;
}

/** A call that waits. */
interface Waiting<Request> {
  end(reason: unknown): void;
  goOn(request: Request, signal: AbortSignal): Promise<Answer<Request>>;
}

/**
 * Knows no call yet. `token` makes what a client sends back to go on with a call:
 * nobody else can guess it, and the server's own state stays with us.
 */
export function rounds<Request extends RoundRequest>({ token, asked }: {
  readonly token: () => string;
  /** Writes what the server asks as the answer to a request. */
  readonly asked: (request: Request, result: JsonObject) => string;
}): Rounds<Request> {
  const waiting = new Map<string, Waiting<Request>>();

  return {
    continues: ({ params }) => params.requestState !== undefined,
    begin(signal, call) {
      const own = new AbortController();
      let answer = Promise.withResolvers<Answer<Request>>();
      const link = (given: AbortSignal) => {
        const abort = () => own.abort(given.reason);
        if (given.aborted) abort();
        given.addEventListener("abort", abort, { once: true });
      };
      link(signal);
      call({
        signal: own.signal,
        async round(result, signal) {
          const state = token();
          const next = Promise.withResolvers<Request>();
          next.promise.catch(() => {});
          const abort = () => next.reject(signal.reason);
          if (signal.aborted) abort();
          signal.addEventListener("abort", abort, { once: true });
          waiting.set(state, {
            end: next.reject,
            goOn(request, signal) {
              waiting.delete(state);
              link(signal);
              answer = Promise.withResolvers();
              next.resolve(request);
              return answer.promise;
            },
          });
          answer.resolve((request) =>
            asked(request, { ...result, requestState: state })
          );
          try {
            return await next.promise;
          } finally {
            waiting.delete(state);
            signal.removeEventListener("abort", abort);
          }
        },
      }).then(
        (last) => answer.resolve(last),
        (error) => answer.reject(error),
      );
      return answer.promise;
    },
    end(reason) {
      for (const each of waiting.values()) each.end(reason);
    },
    goOn(request, signal) {
      const { requestState } = request.params;
      const call = typeof requestState === "string"
        ? waiting.get(requestState)
        : undefined;
      return call?.goOn(request, signal) ?? Promise.reject(
        new ToolError("no call waits for these answers", {
          type: "no_such_round",
        }),
      );
    },
  };
}

/** One thing that a server asks of its client before it goes on. */
export interface AskedInput {
  readonly key: string;
  readonly method: string;
  readonly params: JsonObject;
}

/** What a client answered of what is asked; what nobody asked for is left out. */
export function answersTo(
  asked: readonly AskedInput[],
  given: Json | undefined,
): JsonObject {
  const all = new Map(Object.entries(isObject(given) ? given : {}));
  return Object.fromEntries(
    asked.flatMap(({ key }) => {
      const answer = all.get(key);
      return isObject(answer) ? [[key, answer]] : [];
    }),
  );
}

/**
 * What a result asks of the client; `undefined` for one that is complete.
 *
 * @throws {ToolError} `malformed_answer` when it cannot be told what it asks
 */
export function askedInputs(
  { resultType, inputRequests = {} }: JsonObject,
): readonly AskedInput[] | undefined {
  if (resultType !== "input_required") return undefined;
  const entries: [string, Json][] = isObject(inputRequests)
    ? Object.entries(inputRequests)
    : [["", null]];
  return entries.map(([key, asked]) => {
    const { method, params = {} }: JsonObject = isObject(asked) ? asked : {};
    if (typeof method === "string" && isObject(params)) {
      return { key, method, params };
    }
    throw new ToolError("the server asks for something that is no request", {
      type: "malformed_answer",
    });
  });
}
