import { isObject, type Json, type JsonObject } from "../data/json.ts";
import { type JsonMember, jsonMembers } from "../data/json_members.ts";

/** The id of a request in JSON-RPC 2.0, as the Model Context Protocol has it. */
export type FrameId = string | number;

/** An error as JSON-RPC 2.0 has it. */
export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: Json | undefined;
}

/** One message of the protocol, with the text that it was read from. */
export type Frame =
  | RequestFrame
  | {
    readonly kind: "notification";
    readonly method: string;
    readonly params: JsonObject;
    readonly text: string;
  }
  | ResponseFrame;

/** Somebody asks for something. */
export interface RequestFrame {
  readonly kind: "request";
  readonly id: FrameId;
  readonly method: string;
  readonly params: JsonObject;
  readonly text: string;
}

/** The answer to a request. */
export type ResponseFrame =
  & {
    readonly kind: "response";
    readonly id: FrameId;
    readonly text: string;
  }
  & (
    | { readonly result: JsonObject; readonly error?: undefined }
    | { readonly error: RpcError; readonly result?: undefined }
  );

/** What was not a message, and why. */
export interface BrokenFrame {
  readonly kind: "broken";
  /** The id, where it can be told. */
  readonly id: FrameId | null;
  /** Whether it looks like an answer. */
  readonly isAnswer: boolean;
  /** As JSON-RPC 2.0 numbers it: -32700 no JSON, -32600 no message. */
  readonly code: -32700 | -32600;
  readonly reason: string;
}

/**
 * Reads one message, strictly. Refused is what two readers could take for different
 * messages: a key that comes twice in the message or its parameters, and a batch.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const read = readFrame('{"jsonrpc":"2.0","method":"ping","method":"x","id":1}');
 * assertEquals(read.kind === "broken" && read.reason, 'the key "method" comes twice');
 * ```
 *
 * `shown` takes out of a message what must not be seen. Default: nothing; it gives
 * back the same value where there is nothing to take out.
 */
export function readFrame(
  text: string,
  shown: (value: Json) => Json = (value) => value,
): Frame | BrokenFrame {
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    return broken(-32700, "it is not JSON");
  }
  if (!isObject(value)) {
    return broken(
      -32600,
      Array.isArray(value)
        ? "it is a batch; send one message at a time"
        : "it is not an object",
    );
  }
  const fault = faultOf(value) ?? repeatedIn(text, value);
  if (fault !== undefined) return broken(-32600, fault, value);
  const seen = shown(value);
  if (seen !== value) return readFrame(JSON.stringify(seen));
  const { id, method, params = {}, result, error } = value;
  if (typeof method === "string" && isObject(params)) {
    return isId(id)
      ? { kind: "request", id, method, params, text }
      : { kind: "notification", method, params, text };
  }
  if (!isId(id)) return broken(-32600, "it has no id", value);
  if (isRpcError(error)) return { kind: "response", id, error, text };
  if (isObject(result)) return { kind: "response", id, result, text };
  return broken(-32600, "it is neither asked nor answered", value);
}

function broken(
  code: BrokenFrame["code"],
  reason: string,
  value: JsonObject = {},
): BrokenFrame {
  const { id, method } = value;
  return {
    kind: "broken",
    id: isId(id) ? id : null,
    isAnswer: method === undefined && isId(id),
    code,
    reason,
  };
}

function faultOf(frame: JsonObject): string | undefined {
  const { jsonrpc, id, method, params, result, error } = frame;
  if (jsonrpc !== "2.0") return '"jsonrpc" is not "2.0"';
  if (id !== undefined && !isId(id)) return '"id" is no string and no number';
  if (method !== undefined) {
    if (typeof method !== "string") return '"method" is not a string';
    if (result !== undefined || error !== undefined) {
      return "it is asked and answered at once";
    }
    return params === undefined || isObject(params)
      ? undefined
      : '"params" is not an object';
  }
  if (id === undefined) return "it has neither a method nor an id";
  if ((result === undefined) === (error === undefined)) {
    return 'expected "result" or "error"';
  }
  if (result !== undefined && !isObject(result)) {
    return '"result" is not an object';
  }
  return error === undefined || isRpcError(error)
    ? undefined
    : '"error" has no code and message';
}

/** `JSON.parse` keeps the last of two members with one key, another reader the first one. */
function repeatedIn(text: string, value: JsonObject): string | undefined {
  const members = jsonMembers(text);
  const params = value.params === undefined
    ? []
    : jsonMembers(memberText(members, "params") ?? "{}");
  const twice = repeated(members) ?? repeated(params);
  return twice === undefined
    ? undefined
    : `the key ${JSON.stringify(twice)} comes twice`;
}

function repeated(members: readonly JsonMember[]): string | undefined {
  const seen = new Set<string>();
  for (const { key } of members) {
    if (seen.has(key)) return key;
    seen.add(key);
  }
}

function memberText(
  members: readonly JsonMember[],
  key: string,
): string | undefined {
  return members.find((each) => each.key === key)?.text;
}

/** How a member of the parameters of a message is written; `undefined` when it is not there. */
export function paramText(
  { text }: Pick<RequestFrame, "text">,
  key: string,
): string | undefined {
  const params = memberText(jsonMembers(text), "params");
  return params === undefined
    ? undefined
    : memberText(jsonMembers(params), key);
}

function isId(id: Json | undefined): id is FrameId {
  return typeof id === "string" || typeof id === "number";
}

function isRpcError(
  error: Json | undefined,
): error is JsonObject & RpcError {
  return isObject(error) && typeof error.code === "number" &&
    typeof error.message === "string";
}

/** The same for two ids only when they are the same: 1 is not "1". */
export function idKey(id: FrameId): string {
  return JSON.stringify(id);
}

/** Writes a request. */
export function requestText(
  id: FrameId,
  { method, params }: { readonly method: string; readonly params: JsonObject },
): string {
  return JSON.stringify({ jsonrpc: "2.0", id, method, params });
}

/** Writes a notification. */
export function notificationText(method: string, params: JsonObject): string {
  return JSON.stringify({ jsonrpc: "2.0", method, params });
}

/** Writes an answer; `json` is the text of a JSON object. */
export function resultText(id: FrameId, json: string): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${json}}`;
}

/** Writes an answer that is an error. */
export function errorText(id: FrameId | null, error: RpcError): string {
  return JSON.stringify({ jsonrpc: "2.0", id, error });
}
