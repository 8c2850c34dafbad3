import { type StructuredToolInterface, tool } from "@langchain/core/tools";
import { type GovernedSession, modelText } from "../../mod.ts";

/** The tools of a session for `ToolNode` and agents of LangGraph. */
export function langGraphTools(
  { tools }: Pick<GovernedSession, "tools">,
): StructuredToolInterface[] {
  return tools.map(({ name, description, inputSchema: schema, call }) =>
    tool(
      async (args: object, { toolCall, signal }) =>
        modelText(await call(args, { id: toolCall?.id, signal })),
      { name, description, schema },
    )
  );
}
