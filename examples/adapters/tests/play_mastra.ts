import { Agent } from "@mastra/core/agent";
import type { LanguageModel } from "@mastra/core/llm";
import { mastraTools } from "../mastra.ts";
import { scriptedModel, toldTo } from "./play_ai_sdk.ts";
import type { Play } from "./script.ts";

export const play: Play = async (session, script) => {
  const scripted = scriptedModel(script);
  const model: unknown = scripted;
  if (!isModel(model)) throw new TypeError("That is not a model");
  const agent = new Agent({
    id: "tickets",
    name: "tickets",
    instructions: "Look after tickets",
    model,
    tools: mastraTools(session),
  });
  const { text } = await agent.generate("Close ticket 17", { maxSteps: 10 });
  return { answer: text, told: toldTo(scripted) };
};

/** Mastra has a copy of the types of the AI SDK, which is older. */
function isModel(value: unknown): value is LanguageModel {
  return typeof value === "object" && value !== null && "doGenerate" in value;
}
