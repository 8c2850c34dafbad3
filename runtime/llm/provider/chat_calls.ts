import { type Fields, fieldsOf, listOf } from "./fields.ts";

/**
 * Rewrites the calls of a Chat Completions answer to the one form that the
 * provider package reads, where the meaning is clear: name and arguments without
 * a `function` around them, arguments that are an object or missing, a single
 * call outside a list, the old `function_call`. Everything else stays as it is.
 */
export function withPlainCalls(body: Fields): Fields {
  const [first, ...others] = listOf(body.choices);
  const choice = fieldsOf(first);
  const message = fieldsOf(choice?.message);
  if (choice === undefined || message === undefined) return body;
  const { tool_calls, function_call, ...rest } = message;
  const calls = callsOf(tool_calls, function_call);
  if (calls.length === 0) return body;
  const plain = { ...rest, tool_calls: calls.map(plainCall) };
  return { ...body, choices: [{ ...choice, message: plain }, ...others] };
}

function callsOf(calls: unknown, old: unknown): readonly unknown[] {
  if (listOf(calls).length > 0) return listOf(calls);
  const one = fieldsOf(calls);
  if (one !== undefined && Object.keys(one).length > 0) return [one];
  return fieldsOf(old) === undefined ? [] : [{ function: old }];
}

/** Other names that servers use for `arguments`. */
const ARGUMENTS = ["arguments", "input", "parameters", "args"];

function plainCall(given: unknown): unknown {
  const call = fieldsOf(given);
  if (call === undefined) return given;
  const named = fieldsOf(call.function);
  const { id, name: bare, ...fields } = call;
  const name = named?.name ??
    (typeof call.function === "string" ? call.function : bare);
  if (typeof name !== "string") return given;
  const from = named ?? call;
  const key = ARGUMENTS.find((each) => from[each] !== undefined);
  const args = key === undefined ? undefined : from[key];
  const beside = named === undefined
    ? Object.entries(fields).filter(([each]) => !ARGUMENTS.includes(each))
    : Object.entries(fields);
  return {
    ...Object.fromEntries(beside),
    ...id === undefined || id === null ? {} : { id: String(id) },
    type: "function",
    function: { name, arguments: argumentsText(args) },
  };
}

function argumentsText(args: unknown): string {
  if (args === undefined || args === null) return "{}";
  return typeof args === "string" ? args : JSON.stringify(args);
}
