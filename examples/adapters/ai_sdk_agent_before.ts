import { generateText, isStepCount, type LanguageModel, tool } from "ai";
import { z } from "zod";

const tickets = new Map([["17", "open: the parcel is late"]]);
const id = z.string();
const tools = {
  ticket_read: tool({
    description: "Read one ticket",
    inputSchema: z.strictObject({ id }),
    execute: ({ id }) => tickets.get(id) ?? null,
  }),
  ticket_update: tool({
    description: "Change a ticket",
    inputSchema: z.strictObject({ id, text: z.string() }),
    execute: ({ id, text }) => `changed ${tickets.set(id, text).size}`,
  }),
};

/** Answers a question about tickets. */
export async function agent(model: LanguageModel, prompt: string) {
  const stopWhen = isStepCount(10);
  const { text } = await generateText({ model, prompt, tools, stopWhen });
  return text;
}
