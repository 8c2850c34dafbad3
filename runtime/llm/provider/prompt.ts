import type { ToolDefinition } from "../../../tools/tool.ts";
import type { ProposedCall } from "../../record/event.ts";
import type { Message } from "../llm.ts";
import { type PartOptions, partsOf } from "./turn.ts";

/** What a provider's model is given. Lists are mutable since the packages say so. */
export interface ModelPrompt {
  readonly prompt: ModelMessage[];
  readonly tools: OfferedTool[];
  /** With it, a model that can answers the same again. */
  readonly seed?: number;
  readonly temperature?: number;
  /** Of one answer, in tokens. */
  readonly maxOutputTokens?: number;
  readonly abortSignal: AbortSignal;
}

/** One turn of the conversation, in the providers' common form. */
export type ModelMessage =
  | { role: "system"; content: string }
  | { role: "user"; content: { type: "text"; text: string }[] }
  | {
    role: "assistant";
    content: (WrittenPart | ToolCallPart)[];
    providerOptions?: PartOptions;
  }
  | { role: "tool"; content: ToolResultPart[] };

/** Text or reasoning that the model wrote beside its calls. */
export interface WrittenPart {
  type: "text" | "reasoning";
  text: string;
  providerOptions?: PartOptions;
}

/** A call that the model made before. */
export interface ToolCallPart {
  type: "tool-call";
  toolCallId: string;
  toolName: string;
  /** The arguments in the model's own words; the packages parse them where a provider wants an object. */
  input: string;
  providerOptions?: PartOptions;
}

/** The result of a call. */
export interface ToolResultPart {
  type: "tool-result";
  toolCallId: string;
  toolName: string;
  output: { type: "text"; value: string };
}

/** A tool, in the providers' common form. */
export interface OfferedTool {
  type: "function";
  name: string;
  description: string;
  /** A JSON Schema, draft 2020-12. */
  inputSchema: Record<string, unknown>;
}

/** Words a conversation for a provider; results that follow each other become one turn. */
export function promptOf(
  messages: readonly Message[],
  system?: string,
): ModelMessage[] {
  const prompt: ModelMessage[] = system === undefined
    ? []
    : [{ role: "system", content: system }];
  for (const message of messages) {
    const last = prompt.at(-1);
    if (message.role === "tool" && last?.role === "tool") {
      last.content.push(resultPart(message));
    } else {
      prompt.push(turn(message));
    }
  }
  return prompt;
}

function turn(message: Message): ModelMessage {
  switch (message.role) {
    case "user":
      return {
        role: "user",
        content: [{ type: "text", text: message.content }],
      };
    case "assistant":
      return assistantTurn(message);
    case "tool":
      return { role: "tool", content: [resultPart(message)] };
  }
}

/** What the model said and proposed, with all that came with it, in its order. */
function assistantTurn(
  message: Extract<Message, { role: "assistant" }>,
): ModelMessage {
  const content: (WrittenPart | ToolCallPart)[] = [];
  let whole: PartOptions | undefined;
  for (const part of partsOf(message)) {
    const { options } = part;
    const carried = options === undefined ? {} : { providerOptions: options };
    if (part.type === "message") whole = options;
    else if (part.type !== "call") {
      content.push({ type: part.type, text: part.text, ...carried });
    } else {
      const call = message.calls[part.call];
      if (call !== undefined) content.push({ ...callPart(call), ...carried });
    }
  }
  return {
    role: "assistant",
    content,
    ...whole === undefined ? {} : { providerOptions: whole },
  };
}

function callPart({ id, tool, args_json }: ProposedCall): ToolCallPart {
  return {
    type: "tool-call",
    toolCallId: id,
    toolName: tool,
    input: args_json,
  };
}

function resultPart(
  { call_id, tool, content }: Extract<Message, { role: "tool" }>,
): ToolResultPart {
  return {
    type: "tool-result",
    toolCallId: call_id,
    toolName: tool,
    output: { type: "text", value: content },
  };
}

/** Words the tools for a provider. */
export function offeredTools(
  definitions: readonly ToolDefinition[],
): OfferedTool[] {
  return definitions.map(({ name, description, args }) => ({
    type: "function",
    name,
    description,
    inputSchema: args["~standard"].jsonSchema.input({
      target: "draft-2020-12",
    }),
  }));
}
