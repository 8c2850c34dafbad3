/**
 * The form in which the model speaks. Random weights say nothing sensible, so
 * a grammar leaves them one of two things to say: a call as
 * `{"tool":…,"arguments":…}` with arguments of that tool's schema, or
 * `{"answer":…}`. Which one, and with what, is for the weights and the seed.
 *
 * @module
 */
import { z } from "../../deps.ts";
import type { ChatMessage, ChatRequest } from "./chat_request.ts";
import { exactly, oneOf, valueRule } from "./json_grammar.ts";

/** The longest answer in characters. */
const MAX_ANSWER = 24;

/** What the model wrote, in the parts of an assistant's message. */
export type Spoken =
  | { readonly call: { readonly name: string; readonly arguments: string } }
  | { readonly content: string };

/** Writes the conversation, and the tools before it, as one text for the model. */
export function promptOf({ messages, tools }: ChatRequest): string {
  const offered = tools.map((tool) => `${JSON.stringify(tool.function)}\n`);
  const turns = messages.map((message) =>
    `<|${message.role}|>\n${turnText(message)}\n`
  );
  return [
    ...(offered.length > 0 ? ["<|tools|>\n", ...offered] : []),
    ...turns,
    "<|assistant|>\n",
  ].join("");
}

function turnText(message: ChatMessage): string {
  if (message.role === "assistant") {
    const calls = (message.tool_calls ?? []).map((call) => {
      const { name, arguments: args } = call.function;
      return `{"tool":${JSON.stringify(name)},"arguments":${args}}`;
    });
    return [contentText(message.content), ...calls].join("\n");
  }
  return contentText(message.content);
}

function contentText(content: ChatMessage["content"]): string {
  if (typeof content === "string") return content;
  return (content ?? []).map(({ text }) => text).join("");
}

/**
 * Writes the grammar of what may be said in answer to a request.
 *
 * @throws when a schema cannot be followed, or a tool that is asked for does not exist.
 */
export function grammarOf({ tools, tool_choice }: ChatRequest): string {
  const asked = typeof tool_choice === "object"
    ? tool_choice.function.name
    : undefined;
  const callable = tool_choice === "none" ? [] : tools
    .map((tool) => tool.function)
    .filter(({ name }) => asked === undefined || name === asked);
  const calls = callable.map(({ name, parameters }) => {
    const start = exactly(`{"tool":${JSON.stringify(name)},"arguments":`);
    return `${start} ${valueRule(parameters)} "}"`;
  });
  if (asked === undefined && tool_choice !== "required") {
    const answer = valueRule({
      type: "string",
      minLength: 1,
      maxLength: MAX_ANSWER,
    });
    calls.push(`${exactly('{"answer":')} ${answer} "}"`);
  }
  if (calls.length === 0) {
    throw new RangeError(
      `Cannot call "${asked ?? "a tool"}": the request does not offer it`,
    );
  }
  return `root ::= ${oneOf(calls)}\n`;
}

const CALL = /^\{"tool":("(?:[^"\\]|\\.)*"),"arguments":(.*)$/s;
const answer = z.object({ answer: z.string() });

/**
 * Takes apart what the model wrote. What was cut off stays as it is: broken
 * arguments, or the broken text when not even a tool was named.
 */
export function spokenOf(text: string): Spoken {
  const value = parsed(text);
  const [, name, rest = ""] = CALL.exec(text) ?? [];
  if (name !== undefined) {
    return {
      call: {
        name: JSON.parse(name),
        // The last brace closes the call, not its arguments.
        arguments: value === undefined ? rest : rest.slice(0, -1),
      },
    };
  }
  const said = answer.safeParse(value);
  return { content: said.success ? said.data.answer : text };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
