import type { ContentRedaction } from "../../policy/plain_content.ts";
import { effectOf } from "../../runtime/record/effect_of.ts";
import type {
  LlmCompleted,
  RunEvent,
  ToolFinished,
} from "../../runtime/record/event.ts";
import type { Json } from "../../tools/data/json.ts";

/** What a model was told and what it said, as `gen_ai.input.messages` and `gen_ai.output.messages` have it. */
export interface Conversation {
  /** What the model is told next, as JSON. */
  input(): string;
  /** Takes the next event, redacted, and as it is on record; returns what the model said, if it did. */
  push(event: RunEvent, recorded: RunEvent): string | undefined;
}

/**
 * How many characters of a conversation go with one span. Older messages are left
 * out beyond that: each of them went with an earlier span.
 */
const MAX_INPUT = 2 ** 18;

/** Begins with what the model is asked. */
export function conversation(
  question: string,
  content: ContentRedaction,
): Conversation {
  const messages = [JSON.stringify(message("user", [textPart(question)]))];

  /** What the model said; its calls are there with their arguments on record. */
  function said(event: LlmCompleted, recorded: LlmCompleted) {
    const { answer, raw, calls } = event;
    const parts = [
      ...[raw, answer].filter((each) => each !== null).map(textPart),
      ...calls.map(({ id, tool: name }, index) => ({
        type: "tool_call",
        id,
        name,
        arguments: valueIn(
          content.arguments(recorded.calls[index]?.args_json ?? ""),
        ),
      })),
    ];
    return { ...message("assistant", parts), finish_reason: reasonOf(event) };
  }

  /** What the model is told of a call; `undefined` for an event that does not end one. */
  function answered(event: RunEvent, recorded: RunEvent): Json | undefined {
    switch (event.type) {
      case "policy_checked": {
        const { call_id: id, rule_id: rule, reason } = event;
        return id === null || effectOf(event) !== "deny"
          ? undefined
          : responsePart(id, { denied: { rule, reason } });
      }
      case "tool_finished":
        if (event.error !== null) {
          return responsePart(event.call_id, { error: event.error.message });
        }
        return recorded.type !== "tool_finished" || recorded.redirect !== null
          ? undefined
          : responsePart(event.call_id, resultOf(recorded));
    }
  }

  function resultOf({ result }: ToolFinished): Json {
    return valueIn(content.result(result));
  }

  return {
    input() {
      let left = MAX_INPUT;
      const last = messages.findLastIndex((each) => (left -= each.length) < 0);
      return `[${messages.slice(last + 1).join(",")}]`;
    },
    push(event, recorded) {
      if (event.type === "llm_completed" && recorded.type === event.type) {
        const text = JSON.stringify(said(event, recorded));
        if (event.calls.length > 0) messages.push(text);
        return `[${text}]`;
      }
      const part = answered(event, recorded);
      if (part !== undefined) {
        messages.push(JSON.stringify(message("tool", [part])));
      }
    },
  };
}

/** The answer of a run, as `gen_ai.output.messages` has it. */
export function finalAnswer(answer: string): string {
  const said = message("assistant", [textPart(answer)]);
  return JSON.stringify([{ ...said, finish_reason: "stop" }]);
}

function reasonOf({ finish_reason, error, calls }: LlmCompleted): string {
  if (finish_reason !== null) return finish_reason;
  if (error !== null) return "error";
  return calls.length > 0 ? "tool_call" : "stop";
}

/** A value as text, or the text where redaction has left no JSON. */
function valueIn(json: string): Json {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}

function responsePart(id: string, response: Json): Json {
  return { type: "tool_call_response", id, response };
}

function textPart(content: string): Json {
  return { type: "text", content };
}

function message(role: string, parts: readonly Json[]) {
  return { role, parts } as const;
}
