import { AIMessage, ToolMessage } from "@langchain/core/messages";
import { fakeModel } from "@langchain/core/testing";
import { createReactAgent } from "@langchain/langgraph/prebuilt";
import { langGraphTools } from "../langgraph.ts";
import type { Play } from "./script.ts";

export const play: Play = async (session, script) => {
  const llm = fakeModel();
  for (const step of script) {
    if ("answer" in step) llm.respond(new AIMessage(step.answer));
    else llm.respondWithTools([...step.calls]);
  }
  const agent = createReactAgent({ llm, tools: langGraphTools(session) });
  const { messages } = await agent.invoke({
    messages: [{ role: "user", content: "Close ticket 17" }],
  });
  const told = new Map(
    (llm.calls.at(-1)?.messages ?? []).filter((each) =>
      each instanceof ToolMessage
    ).map(({ tool_call_id, text }) => [tool_call_id, text]),
  );
  return { answer: messages.at(-1)?.text ?? "", told };
};
