import type { Policy } from "../../policy/document/load.ts";
import { spelledArguments } from "../../policy/judged_arguments.ts";
import { knownTool } from "../../policy/tool_traits.ts";
import type { CallOutcome } from "../../runtime/session/call_outcome.ts";
import type { Json, JsonObject } from "../../tools/data/json.ts";
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
import { virtualName } from "../../tools/mcp/methods.ts";
import { recordedResult } from "../../tools/mcp/recorded_result.ts";
import { servedName } from "../../tools/mcp/served_tool.ts";
import { placedIn } from "../../tools/sandbox/placed_in.ts";
import type { ToolContext } from "../../tools/tool.ts";
import { ToolError } from "../../tools/tool_error.ts";
import type { RecordedCalls } from "./recorded_calls.ts";
import type { ServerTools } from "./server_tools.ts";

/** Answers requests that the policy judges; each answer is the text of a message. */
export interface GovernedRequests {
  /** A client calls a tool of the server. */
  tool(request: RequestFrame, signal: AbortSignal): Promise<string>;
  /** Either side asks the other one for something else. */
  virtual(
    request: RequestFrame,
    way: {
      readonly to: Pick<Connection, "ask">;
      /** What the id of the call begins with on record. */
      readonly prefix: string;
      readonly signal: AbortSignal;
    },
  ): Promise<string>;
}

/** What requests are judged by and answered with. */
export interface GovernedRequestsOptions {
  readonly policy: Policy;
  /** The name of the server in policy and record. */
  readonly name: string;
  readonly server: Pick<Connection, "ask">;
  readonly tools: Pick<ServerTools, "now">;
  /** The real path of the directory in which paths are judged. */
  readonly sandbox: string;
  /** Milliseconds that the other side may take to answer. */
  readonly ms: number;
  /** The run, which the first call opens. */
  readonly calls: (params: JsonObject) => Promise<RecordedCalls>;
}

/** What the parameters of a call may hold; anything else would reach the server unjudged. */
const CALL_KEYS: ReadonlySet<string> = new Set([
  "name",
  "arguments",
  "_meta",
  "task",
]);

/** The numbers of JSON-RPC 2.0 for parameters that make no sense, for what failed, and for what is refused. */
const INVALID_PARAMS = -32602;
const INTERNAL = -32603;
const REFUSED = -32000;

/** Answers requests by the calls of one run. */
export function governedRequests(
  { policy, name, server, tools, sandbox, ms, calls }: GovernedRequestsOptions,
): GovernedRequests {
  /** Arguments with paths and URLs exactly as they were judged. */
  function judged(tool: string, args: Json, context: ToolContext): Json {
    const definition = tools.now.get(tool);
    if (definition === undefined) return args;
    const known = knownTool(definition, policy.document.tools ?? []);
    const { places, urls } = context;
    return spelledArguments(known, args, {
      path: (path) => {
        const place = places.get(path);
        return place === undefined ? path : placedIn(sandbox, place);
      },
      url: (url) => urls.get(url) ?? url,
    }) ?? args;
  }

  return {
    async tool(request, signal) {
      const { id, params } = request;
      const { name: bare } = params;
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
      let whole = "";
      const outcome = await (await calls(params)).call({
        id: callId(id),
        tool,
        args_json: paramText(request, "arguments") ?? "{}",
        signal,
      }, async (args, context) => {
        const sent = judged(tool, Object(args), context);
        const result = recordedResult(
          await server.ask("tools/call", { ...params, arguments: sent }, {
            signal: context.signal,
            ms,
          }),
        );
        whole = result.json;
        return result.recorded;
      });
      return resultText(
        id,
        outcome.type === "result"
          ? whole
          : JSON.stringify(failedCall(failureOf(outcome), params)),
      );
    },
    async virtual({ id, method, params }, { to, prefix, signal }) {
      const { _meta, ...asked } = params;
      let whole = "";
      let refusal: RpcError | undefined;
      const outcome = await (await calls(params)).call({
        id: `${prefix}${callId(id)}`,
        tool: virtualName(method),
        args_json: JSON.stringify(asked),
        signal,
      }, async (args, context) => {
        try {
          const result = recordedResult(
            await to.ask(method, {
              ...Object(args),
              ..._meta === undefined ? {} : { _meta },
            }, { signal: context.signal, ms }),
          );
          whole = result.json;
          return result.recorded;
        } catch (error) {
          if (error instanceof RemoteError) refusal = error.error;
          throw error;
        }
      });
      if (outcome.type === "result") return resultText(id, whole);
      return errorText(
        id,
        refusal ?? {
          code: outcome.type === "reported" ? INTERNAL : REFUSED,
          message: failureOf(outcome),
        },
      );
    },
  };
}

/** The id of a call on record: what its client calls it. */
function callId(id: FrameId): string {
  return typeof id === "string" && id !== "" && !/^-?\d/.test(id)
    ? id
    : JSON.stringify(id);
}

/** Why a call has no result, for people and for the model. */
function failureOf(outcome: CallOutcome): string {
  switch (outcome.type) {
    case "denied":
      return denialText(outcome);
    case "reported":
      return outcome.error.message;
    case "ended":
      return "rule" in outcome.why
        ? `${denialText(outcome.why)}; the session takes no further call`
        : "Cancelled: the session takes no further call";
    case "result":
      return "";
  }
}

function denialText(
  { rule, clause, reason }: {
    readonly rule: string | null;
    readonly clause: string | null;
    readonly reason: string | null;
  },
): string {
  const by = clause === null ? rule : `${rule} (${clause})`;
  return `Denied by ${by ?? "the policy"}: ${reason ?? "it may not run"}`;
}

/** A failure of our own, as an answer. */
export function failedRequest(id: FrameId | null, error: unknown): string {
  const message = error instanceof ToolError || error instanceof RangeError
    ? error.message
    : "Cannot answer: the record cannot be written any further";
  return errorText(id, { code: INTERNAL, message });
}
