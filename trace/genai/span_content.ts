import type { ContentRedaction } from "../../policy/plain_content.ts";
import type {
  RunEvent,
  RunStarted,
  ToolStarted,
} from "../../runtime/record/event.ts";
import type { Attributes } from "../span.ts";
import { conversation } from "./conversation.ts";

/** What spans show of what was said, given and given back. */
export interface SpanContent {
  /** What the run was asked, as `gen_ai.input.messages` has it. */
  readonly question: string;
  /** Takes the next event, redacted, and as it is on record; returns what the span has that it completes. */
  push(event: RunEvent, recorded: RunEvent): Attributes;
}

/** Begins with the first event of a run, redacted. */
export function spanContent(
  { task }: Pick<RunStarted, "task">,
  content: ContentRedaction,
): SpanContent {
  const told = conversation(task.question, content);
  const intents = new Map<number | undefined, ToolStarted>();

  function callContent(recorded: RunEvent): Attributes {
    if (recorded.type !== "tool_finished") return {};
    const intent = intents.get(recorded.call);
    intents.delete(recorded.call);
    const { error, redirect, result } = recorded;
    const given = intent === undefined
      ? undefined
      : content.arguments(intent.args);
    const back = error === null
      ? content.result(redirect ?? result)
      : undefined;
    return {
      "gen_ai.tool.call.arguments": given,
      "gen_ai.tool.call.result": back,
      "input.value": given,
      "input.mime_type": given === undefined ? undefined : JSON_TYPE,
      "output.value": back,
      "output.mime_type": back === undefined ? undefined : JSON_TYPE,
    };
  }

  return {
    question: told.input(),
    push(event, recorded) {
      if (recorded.type === "tool_started") {
        intents.set(recorded.call, recorded);
      }
      const input = event.type === "llm_completed" ? told.input() : undefined;
      const output = told.push(event, recorded);
      return input === undefined ? callContent(recorded) : {
        "gen_ai.input.messages": input,
        "gen_ai.output.messages": output,
      };
    },
  };
}

const JSON_TYPE = "application/json";
