import { generateText, isStepCount } from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { aiSdkTools } from "../ai_sdk.ts";
import type { Play, Script } from "./script.ts";

/** A model of the AI SDK that follows a script. */
export function scriptedModel(script: Script): MockLanguageModelV4 {
  const usage = {
    inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: 1, text: 1, reasoning: 0 },
  };
  return new MockLanguageModelV4({
    doGenerate: script.map((step) =>
      "answer" in step
        ? {
          content: [{ type: "text" as const, text: step.answer }],
          finishReason: { unified: "stop" as const, raw: undefined },
          usage,
          warnings: [],
        }
        : {
          content: step.calls.map(({ id, name, args }) => ({
            type: "tool-call" as const,
            toolCallId: id,
            toolName: name,
            input: JSON.stringify(args),
          })),
          finishReason: { unified: "tool-calls" as const, raw: undefined },
          usage,
          warnings: [],
        }
    ),
  });
}

/** What a model of the AI SDK read of its calls, when it was asked last. */
export function toldTo(model: MockLanguageModelV4): Map<string, string> {
  const { prompt = [] } = model.doGenerateCalls.at(-1) ?? {};
  const told = new Map<string, string>();
  for (const message of prompt) {
    if (message.role !== "tool") continue;
    for (const part of message.content) {
      if (part.type !== "tool-result" || part.output.type !== "text") continue;
      told.set(part.toolCallId, part.output.value);
    }
  }
  return told;
}

export const play: Play = async (session, script) => {
  const model = scriptedModel(script);
  const { text } = await generateText({
    model,
    prompt: "Close ticket 17",
    tools: aiSdkTools(session),
    stopWhen: isStepCount(10),
  });
  return { answer: text, told: toldTo(model) };
};
