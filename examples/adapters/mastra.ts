import { createTool } from "@mastra/core/tools";
import { type GovernedSession, modelText } from "../../mod.ts";

/** The tools of a session for an agent of Mastra. */
export function mastraTools({ tools }: Pick<GovernedSession, "tools">) {
  return Object.fromEntries(
    tools.map(({ name, description, inputSchema, call }) => [
      name,
      createTool({
        id: name,
        description,
        inputSchema,
        execute: async (args, { agent, abortSignal: signal }) =>
          modelText(await call(args, { id: agent?.toolCallId, signal })),
      }),
    ]),
  );
}
