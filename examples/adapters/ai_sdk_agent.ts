import { generateText, isStepCount, type LanguageModel } from "ai";
import { z } from "zod";
import { govern, tool } from "../../mod.ts";
import { aiSdkTools } from "./ai_sdk.ts";

const tickets = new Map([["17", "open: the parcel is late"]]);
const id = z.string();
const all = [
  tool({
    ...{ name: "ticket_read", description: "Read one ticket", effects: {} },
    args: z.strictObject({ id }),
    run: ({ id }) => Promise.resolve(tickets.get(id) ?? null),
  }),
  tool({
    ...{ name: "ticket_update", description: "Change a ticket", effects: {} },
    args: z.strictObject({ id, text: z.string() }),
    run: ({ id, text }) =>
      Promise.resolve(`changed ${tickets.set(id, text).size}`),
  }),
];
const policy = new URL("policy.yaml", import.meta.url);

/** Answers a question about tickets, with its record in the folder `out`. */
export async function agent(model: LanguageModel, prompt: string, out: string) {
  const question = prompt;
  await using session = await govern({ policy, tools: all, question, out });
  const tools = aiSdkTools(session);
  const stopWhen = isStepCount(10);
  const { text } = await generateText({ model, prompt, tools, stopWhen });
  return text;
}
