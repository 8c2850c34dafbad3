import { jsonSchema, tool, type ToolSet } from "ai";
import { type GovernedSession, modelText } from "../../mod.ts";

/** The tools of a session for `generateText`, `streamText` and agents of the AI SDK. */
export function aiSdkTools({ tools }: Pick<GovernedSession, "tools">): ToolSet {
  return Object.fromEntries(tools.map(({ name, call, ...told }) => [
    name,
    tool({
      description: told.description,
      inputSchema: jsonSchema<object>(told.inputSchema),
      execute: async (args, { toolCallId: id, abortSignal: signal }) =>
        modelText(await call(args, { id, signal })),
    }),
  ]));
}
