import type { RunFinished, RunStarted } from "../../runtime/record/event.ts";
import { type Span, SPAN_KIND } from "../span.ts";
import { spanIds } from "../span_id.ts";
import { openInference } from "./conventions.ts";
import { finalAnswer } from "./conversation.ts";

/** What the span of a run may have beside what every one has. */
interface AgentSpanOptions {
  /** The question, as `gen_ai.input.messages` has it; left out where no content is shown. */
  readonly input: string | undefined;
}

/** How a run ends that is no failure. */
const GOOD_ENDS = new Set(["final_answer", "session_closed"]);

/** The name of the agent: the author's of its task, or where a client drives the session, the client's own. */
export function agentName(
  { task, llm }: Pick<RunStarted, "task" | "llm">,
): string {
  return llm.execution_path === "client" && llm.model !== ""
    ? llm.model
    : task.id;
}

/**
 * The whole run, `invoke_agent`: the root of its spans. It says no tokens: its
 * model's calls do, and backends add up what spans say.
 */
export function agentSpan(
  started: RunStarted,
  { ts, terminal_reason, answer, totals: { cost } }: RunFinished,
  { input }: AgentSpanOptions,
): Span<string> {
  const { traceId, spanId } = spanIds(started);
  const { run_id, task, llm, policy } = started;
  const isGood = GOOD_ENDS.has(terminal_reason);
  const contents = input === undefined ? {} : {
    "gen_ai.input.messages": input,
    "input.value": task.question,
    ...answer === null ? {} : {
      "gen_ai.output.messages": finalAnswer(answer),
      "output.value": answer,
    },
    "gen_ai.system_instructions": llm.settings?.system === undefined
      ? undefined
      : JSON.stringify([{ type: "text", content: llm.settings.system }]),
  };
  return {
    traceId,
    spanId: spanId(started),
    name: `invoke_agent ${agentName(started)}`,
    kind: SPAN_KIND.internal,
    start: started.ts,
    end: ts,
    attributes: {
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.agent.name": agentName(started),
      "gen_ai.conversation.id": run_id,
      "gen_ai.request.model": llm.execution_path === "client"
        ? undefined
        : llm.model,
      "agent.run_id": run_id,
      "agent.terminal_reason": terminal_reason,
      "agent.cost": cost === null ? "unknown" : cost,
      "policy.version": policy.version,
      "error.type": isGood ? undefined : terminal_reason,
      ...contents,
      ...openInference("AGENT"),
    },
    error: isGood ? undefined : terminal_reason,
  };
}
