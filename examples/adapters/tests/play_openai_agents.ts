import { Agent, run, setTracingDisabled } from "@openai/agents";
import {
  assistantMessage,
  functionCall,
  ScriptedModel,
} from "@openai/agents/testing";
import { openaiTools } from "../openai_agents.ts";
import type { Play } from "./script.ts";

setTracingDisabled(true);

export const play: Play = async (session, script) => {
  const model = new ScriptedModel(
    script.map((step) =>
      "answer" in step
        ? [assistantMessage(step.answer)]
        : step.calls.map(({ id, name, args }) =>
          functionCall(name, args, { callId: id })
        )
    ),
  );
  const tools = openaiTools(session);
  const agent = new Agent({ name: "tickets", model, tools });
  const { finalOutput } = await run(agent, "Close ticket 17");
  const told = new Map<string, string>();
  const { input = [] } = model.lastCall?.request ?? {};
  for (const item of typeof input === "string" ? [] : input) {
    if (item.type !== "function_call_result") continue;
    const { output, callId } = item;
    told.set(
      callId,
      typeof output === "object" && "text" in output
        ? output.text
        : String(output),
    );
  }
  return { answer: finalOutput ?? "", told };
};
