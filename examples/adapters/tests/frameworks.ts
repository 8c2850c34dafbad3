import type { Play } from "./script.ts";

/** How an agent of each framework is played; its packages are loaded only then. */
export const FRAMEWORKS: ReadonlyMap<string, () => Promise<Play>> = new Map([
  ["ai", async () => (await import("./play_ai_sdk.ts")).play],
  [
    "@openai/agents",
    async () => (await import("./play_openai_agents.ts")).play,
  ],
  [
    "@langchain/langgraph",
    async () => (await import("./play_langgraph.ts")).play,
  ],
  ["@mastra/core", async () => (await import("./play_mastra.ts")).play],
]);
