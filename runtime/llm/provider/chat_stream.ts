import { ModelError } from "../../attempt/model_error.ts";
import { type Fields, fieldsOf, jsonOf, listOf } from "./fields.ts";

/** Whether a body is a stream of events (Server-Sent Events) by how it begins. */
export function isEventStream(text: string): boolean {
  return /^(data|event|id|retry)?:/.test(text);
}

/**
 * Puts a streamed answer of Chat Completions together as it would have come whole:
 * content, reasoning and other texts joined, calls by their index. An error in
 * the stream is the answer.
 *
 * @throws {ModelError} when it breaks off before the answer is whole
 */
export function assembledAnswer(text: string): unknown {
  const events = eventData(text);
  const chunks = events.map((each) => fieldsOf(jsonOf(each)))
    .filter((each) => each !== undefined);
  const failed = chunks.find(({ error }) => fieldsOf(error) !== undefined);
  if (failed !== undefined) return failed;
  let head: Fields = {};
  let message: Fields = {};
  let calls: readonly Fields[] = [];
  let rest: Fields = {};
  let isWhole = events.includes("[DONE]");
  for (const { choices, ...others } of chunks) {
    head = { ...head, ...given(others) };
    const choice = fieldsOf(listOf(choices)[0]);
    if (choice === undefined) continue;
    const { delta, message: whole, ...beside } = choice;
    const { tool_calls, ...texts } = fieldsOf(delta ?? whole) ?? {};
    for (const call of listOf(tool_calls)) {
      calls = withCall(calls, fieldsOf(call) ?? {});
    }
    message = joined(message, texts);
    rest = { ...rest, ...given(beside) };
    isWhole ||= typeof beside.finish_reason === "string";
  }
  if (!isWhole) {
    throw new ModelError(
      "Cannot read the answer: its stream broke off in the middle",
      { type: "network", transient: true },
    );
  }
  const tool_calls = calls.length === 0 ? {} : { tool_calls: calls };
  return {
    ...head,
    choices: [{ ...rest, message: { ...message, ...tool_calls } }],
  };
}

/** What each event of a stream says. */
function eventData(text: string): readonly string[] {
  return text.split(/(?:\r\n|\r|\n){2,}/).flatMap((event) => {
    const data = event.split(/\r\n|\r|\n/)
      .filter((line) => line.startsWith("data:"))
      .map((line) => line.slice("data:".length).replace(/^ /, ""));
    return data.length === 0 ? [] : [data.join("\n").trim()];
  });
}

/** Without what says nothing. */
function given(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null),
  );
}

/** Joins what is written piece by piece: texts and lists; of all else the last counts. */
function joined(before: Fields, delta: Fields): Fields {
  const next = Object.entries(given(delta)).map(([key, value]) => {
    const known = before[key];
    const whole = key === "role"
      ? value
      : typeof known === "string" && typeof value === "string"
      ? known + value
      : Array.isArray(known) && Array.isArray(value)
      ? [...known, ...value]
      : value;
    return [key, whole];
  });
  return { ...before, ...Object.fromEntries(next) };
}

/** Adds a piece of a call to the one with its index, or else to the last one. */
function withCall(calls: readonly Fields[], delta: Fields): readonly Fields[] {
  const { index, function: named, ...others } = delta;
  const isNew = typeof others.id === "string" && others.id !== "" &&
    others.id !== calls.at(-1)?.id;
  const at = typeof index === "number"
    ? calls.findIndex((each) => each.index === index)
    : isNew
    ? -1
    : calls.length - 1;
  const before = calls[at] ?? {};
  const { name, ...pieces } = fieldsOf(named) ?? {};
  const known = fieldsOf(before.function) ?? {};
  const call = {
    ...others,
    ...given(before),
    // What comes later than its beginning, such as a signature.
    ...Object.fromEntries(
      Object.entries(given(others)).filter(([key]) => !(key in given(before))),
    ),
    ...typeof index === "number" ? { index } : {},
    ...named === undefined && before.function === undefined ? {} : {
      function: {
        ...joined(known, pieces),
        // Some servers repeat the name with each piece.
        name: known.name || name,
      },
    },
  };
  return at < 0 ? [...calls, call] : calls.with(at, call);
}
