import { z } from "npm:zod@4.6.7";
import { liveModel, runAgent, tool } from "../../mod.ts";

const tickets = new Map([["17", "open: the parcel is late"]]);
const id = z.string();
export const ticket_read = tool({
  ...{ name: "ticket_read", description: "Read one ticket", effects: {} },
  args: z.strictObject({ id }),
  run: ({ id }) => Promise.resolve(tickets.get(id) ?? null),
});
export const ticket_update = tool({
  ...{ name: "ticket_update", description: "Change a ticket", effects: {} },
  args: z.strictObject({ id, text: z.string() }),
  run: ({ id, text }) =>
    Promise.resolve(`changed ${tickets.set(id, text).size}`),
});

if (import.meta.main) {
  const policy = new URL("policy.yaml", import.meta.url);
  const [name = "openai:gpt-5", baseUrl, keyName] = Deno.args;
  const llm = await liveModel(name, { baseUrl, keyName });
  const tools = [ticket_read, ticket_update];
  const question = "Close ticket 17";
  console.log(await runAgent({ question, policy, tools, llm, out: "out" }));
}
