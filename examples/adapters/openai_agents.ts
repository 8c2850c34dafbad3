import { tool } from "@openai/agents";
import { type GovernedSession, modelText } from "../../mod.ts";

/** The tools of a session for agents of the OpenAI Agents SDK; a call is judged by its raw text. */
export function openaiTools({ tools }: Pick<GovernedSession, "tools">) {
  return tools.map(({ name, description, inputSchema, call }) =>
    tool({
      name,
      description,
      strict: false,
      parameters: Object.assign(anything(), inputSchema),
      execute: async (
        args,
        _,
        { toolCall: { callId: id, arguments: text } = {}, signal } = {},
      ) => modelText(await call(text ?? args, { id, signal })),
    })
  );
}

/** The least that the SDK takes for a schema; that of the tool is laid over it. */
const anything = () => ({
  type: "object" as const,
  properties: {},
  required: [],
  additionalProperties: true as const,
});
