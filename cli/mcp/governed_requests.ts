import type { Policy } from "../../policy/document/load.ts";
import type { CallOutcome } from "../../runtime/session/call_outcome.ts";
import { isObject, type Json, type JsonObject } from "../../tools/data/json.ts";
import { parseStrictJson } from "../../tools/data/strict_json.ts";
import { failedCall } from "../../tools/mcp/call_answer.ts";
import { type Connection, RemoteError } from "../../tools/mcp/connection.ts";
import {
  errorText,
  type FrameId,
  paramText,
  type RequestFrame,
  resultText,
  type RpcError,
} from "../../tools/mcp/frame.ts";
import { isOfProtocol, virtualName } from "../../tools/mcp/methods.ts";
import { recordedResult } from "../../tools/mcp/recorded_result.ts";
import { servedName } from "../../tools/mcp/served_tool.ts";
import type { ToolContext } from "../../tools/tool.ts";
import { ToolError } from "../../tools/tool_error.ts";
import { failureOf } from "./failure_text.ts";
import type { RecordedCalls } from "./recorded_calls.ts";
import {
  type Answer,
  answersTo,
  type AskedInput,
  askedInputs,
  type Exchange,
  rounds,
} from "./rounds.ts";
import { sentArguments } from "./sent_arguments.ts";
import type { ServerTools } from "./server_tools.ts";

/** Answers requests that the policy judges; each answer is the text of a message. */
export interface GovernedRequests {
  /** A client calls a tool of the server. */
  tool(request: RequestFrame, signal: AbortSignal): Promise<string>;
  /** A client asks the server for something else. */
  fromClient(request: RequestFrame, signal: AbortSignal): Promise<string>;
  /** The server asks the client. */
  fromServer(request: RequestFrame, signal: AbortSignal): Promise<string>;
  /** The request of a call that is under way, by its id on record. */
  underWay(callId: string): UnderWay | undefined;
  /** Nothing comes any more: calls that wait for their clients fail. */
  end(reason: unknown): void;
}

/** A call that its client has asked for. */
export interface UnderWay {
  readonly request: RequestFrame;
  readonly exchange: Exchange<RequestFrame>;
}

/** What requests are judged by and answered with. */
export interface GovernedRequestsOptions {
  readonly policy: Policy;
  /** The name of the server in policy and record. */
  readonly name: string;
  readonly client: Pick<Connection, "ask">;
  readonly server: Pick<Connection, "ask">;
  readonly tools: Pick<ServerTools, "now">;
  /** The real path of the directory in which paths are judged. */
  readonly sandbox: string;
  /** Milliseconds that the other side may take to answer. */
  readonly ms: number;
  /** The run, which the first call opens. */
  readonly calls: (params: JsonObject) => Promise<RecordedCalls>;
  /** Makes a text that nobody can guess. */
  readonly token: () => string;
}

/** A request as a call on record, and how it is asked and answered. */
interface AskedCall {
  /** What its id begins with on record. */
  readonly prefix?: string;
  readonly tool: string;
  readonly args_json: string;
  /** Asks the other side, with what goes with the arguments. */
  ask(
    args: Json,
    context: ToolContext,
    more: JsonObject,
  ): Promise<JsonObject>;
  /** The answer of a call without a result. */
  failed(
    request: Pick<RequestFrame, "id" | "params">,
    outcome: Exclude<CallOutcome, { readonly type: "result" }>,
  ): string;
}

/** What the parameters of a call may hold; anything else would reach the server unjudged. */
const CALL_KEYS: ReadonlySet<string> = new Set([
  ...["name", "arguments", "_meta", "task"],
  ...["inputResponses", "requestState"],
]);

/** What goes with the arguments to the server: no rule looks into it, so it is bounded as they are. */
const WITH_ARGUMENTS = ["_meta", "task"] as const;

/**
 * The numbers of JSON-RPC 2.0 for a method that there is not, for parameters that make
 * no sense, for what failed, and for what is refused.
 */
const NO_METHOD = -32601;
const INVALID_PARAMS = -32602;
const INTERNAL = -32603;
const REFUSED = -32000;

/**
 * Errors by which a server says how it wants to be asked: a capability or a revision of
 * the protocol is missing. They are for the client's program, and no failure of a tool.
 */
const ASK_OTHERWISE: ReadonlySet<number> = new Set([-32021, -32022]);

/** Answers requests by the calls of one run. */
export function governedRequests(
  { policy, name, client, server, tools, sandbox, ms, calls, token }:
    GovernedRequestsOptions,
): GovernedRequests {
  const open = rounds<RequestFrame>({
    token,
    asked: ({ id }, result) => resultText(id, JSON.stringify(result)),
  });

  const underWay = new Map<string, UnderWay>();

  /** Arguments with paths and URLs exactly as they were judged. */
  function judged(tool: string, args: Json, context: ToolContext): Json {
    const definition = tools.now.get(tool);
    if (definition === undefined) return args;
    return sentArguments(args, { policy, sandbox, tool: definition, context });
  }

  /** Why what goes with the arguments of a request cannot be passed on. */
  function refusalOfRest(request: RequestFrame): string | undefined {
    for (const key of WITH_ARGUMENTS) {
      if (request.params[key] === undefined) continue;
      const text = paramText(request, key) ?? "";
      const read = parseStrictJson(text, policy.document.arg_schema);
      if (!read.ok) return `Cannot pass ${key} on: ${read.reason}`;
      if (!isObject(read.value)) return `Cannot pass ${key} on: no object`;
    }
  }

  /** Answers a request by a call, which may take several requests. */
  async function answered(
    request: RequestFrame,
    signal: AbortSignal,
    call: AskedCall,
  ): Promise<string> {
    const refusal = refusalOfRest(request);
    if (refusal !== undefined) {
      const error = { code: INVALID_PARAMS, message: refusal };
      return errorText(request.id, error);
    }
    const answer = open.continues(request)
      ? await open.goOn(request, signal)
      : await open.begin(signal, async (exchange) => {
        const run = await calls(request.params);
        return await lastAnswer(run, { request, exchange, call });
      });
    return answer(request);
  }

  async function lastAnswer(
    run: RecordedCalls,
    { request, exchange, call }: {
      readonly request: RequestFrame;
      readonly exchange: Exchange<RequestFrame>;
      readonly call: AskedCall;
    },
  ): Promise<Answer<RequestFrame>> {
    const { prefix = "", tool, args_json } = call;
    const id = `${prefix}${callId(request.id)}`;
    let whole = "";
    underWay.set(id, { request, exchange });
    const outcome = await run.call(
      { id, tool, args_json, signal: exchange.signal },
      async (args, context) => {
        const before: JsonObject[] = [];
        let given = request.params.inputResponses;
        let more: JsonObject = {};
        while (true) {
          const result = await call.ask(Object(args), context, more);
          const asked = askedInputs(result);
          if (asked === undefined) {
            const { recorded, json } = recordedResult(result);
            whole = json;
            return before.length === 0
              ? recorded
              : { rounds: before, result: recorded };
          }
          const inputResponses = await asking(run, {
            ...{ id, result, asked, exchange, given },
            signal: context.signal,
          });
          given = undefined;
          const { inputRequests, requestState } = result;
          before.push({
            ...inputRequests === undefined ? {} : { inputRequests },
            ...inputResponses === undefined ? {} : { inputResponses },
          });
          more = {
            ...inputResponses === undefined ? {} : { inputResponses },
            ...requestState === undefined ? {} : { requestState },
          };
        }
      },
    ).finally(() => underWay.delete(id));
    return outcome.type === "result"
      ? ({ id }) => resultText(id, whole)
      : (request) => call.failed(request, outcome);
  }

  /**
   * Has the policy judge what a server asks in between, and the client answer it, and
   * resolves with the answers, if anything is asked.
   */
  async function asking(
    run: RecordedCalls,
    { id, result, asked, given, exchange, signal }: {
      readonly id: string;
      readonly result: JsonObject;
      readonly asked: readonly AskedInput[];
      /** What the client answered with its request, before it was asked. */
      readonly given: Json | undefined;
      readonly exchange: Exchange<RequestFrame>;
      readonly signal: AbortSignal;
    },
  ): Promise<JsonObject | undefined> {
    const answers = Promise.withResolvers<JsonObject>();
    answers.promise.catch(() => {});
    const outcomes: Promise<CallOutcome>[] = [];
    try {
      for (const { key, method, params: { _meta, ...params } } of asked) {
        const begun = Promise.withResolvers<undefined>();
        const outcome = run.call({
          id: `${id}/${key}`,
          tool: virtualName(method),
          args_json: JSON.stringify(params),
          signal,
        }, async () => {
          begun.resolve(undefined);
          const answer = (await answers.promise)[key];
          if (isObject(answer)) return recordedResult(answer).recorded;
          throw new ToolError("the client gave no answer", {
            type: "malformed_answer",
          });
        });
        outcomes.push(outcome);
        const denied = await Promise.race([begun.promise, outcome]);
        if (denied !== undefined && denied.type !== "result") {
          throw new ToolError(
            `the server asks for ${method}: ${failureOf(denied)}`,
            { type: "denied" },
          );
        }
      }
      const ahead = answersTo(asked, given);
      const isAnswered = asked.length > 0 &&
        Object.keys(ahead).length === asked.length;
      const got = isAnswered ? ahead : answersTo(
        asked,
        (await exchange.round(result, signal)).params.inputResponses,
      );
      answers.resolve(got);
      await Promise.all(outcomes);
      return asked.length === 0 ? undefined : got;
    } catch (error) {
      answers.reject(error);
      await Promise.allSettled(outcomes);
      throw error;
    }
  }

  /** A request other than a tool call, as a call of its own name. */
  function virtual(
    { method, params }: RequestFrame,
    { to, prefix }: {
      readonly to: Pick<Connection, "ask">;
      readonly prefix: string;
    },
  ): AskedCall {
    const { _meta, requestState: _state, inputResponses: _given, ...asked } =
      params;
    let refusal: RpcError | undefined;
    return {
      prefix,
      tool: virtualName(method),
      args_json: JSON.stringify(asked),
      async ask(args, { signal }, more) {
        try {
          return await to.ask(method, {
            ...Object(args),
            ...more,
            ..._meta === undefined ? {} : { _meta },
          }, { signal, ms });
        } catch (error) {
          if (error instanceof RemoteError) refusal = error.error;
          throw error;
        }
      },
      failed: ({ id }, outcome) =>
        errorText(
          id,
          refusal ?? {
            code: outcome.type === "reported"
              ? INTERNAL
              : isOfProtocol(method)
              ? REFUSED
              : NO_METHOD,
            message: failureOf(outcome),
          },
        ),
    };
  }

  return {
    underWay: (id) => underWay.get(id),
    end: open.end,
    async tool(request, signal) {
      const { id, params } = request;
      const { requestState: _state, inputResponses: _given, ...asked } = params;
      const { name: bare } = asked;
      const stray = Object.keys(params).find((key) => !CALL_KEYS.has(key));
      if (typeof bare !== "string" || stray !== undefined) {
        return errorText(id, {
          code: INVALID_PARAMS,
          message: stray === undefined
            ? "Cannot call a tool without a name"
            : `Cannot call a tool with the parameter ${JSON.stringify(stray)}`,
        });
      }
      const tool = servedName(name, bare);
      let refusal: RpcError | undefined;
      return await answered(request, signal, {
        tool,
        args_json: paramText(request, "arguments") ?? "{}",
        async ask(args, context, more) {
          try {
            return await server.ask("tools/call", {
              ...asked,
              ...more,
              arguments: judged(tool, args, context),
            }, { signal: context.signal, ms });
          } catch (error) {
            if (error instanceof RemoteError) refusal = error.error;
            throw error;
          }
        },
        failed: ({ id, params }, outcome) =>
          refusal !== undefined && ASK_OTHERWISE.has(refusal.code)
            ? errorText(id, refusal)
            : resultText(
              id,
              JSON.stringify(failedCall(failureOf(outcome), params)),
            ),
      });
    },
    fromClient: (request, signal) =>
      answered(request, signal, virtual(request, { to: server, prefix: "" })),
    fromServer: (request, signal) =>
      answered(
        request,
        signal,
        virtual(request, { to: client, prefix: "server:" }),
      ),
  };
}

/** The id of a call on record: what its client calls it. */
function callId(id: FrameId): string {
  return typeof id === "string" && id !== "" && !/^-?\d/.test(id)
    ? id
    : JSON.stringify(id);
}

/** A failure of our own, as an answer. */
export function failedRequest(id: FrameId | null, error: unknown): string {
  const message = error instanceof ToolError || error instanceof RangeError
    ? error.message
    : "Cannot answer: the record cannot be written any further";
  return errorText(id, { code: INTERNAL, message });
}
