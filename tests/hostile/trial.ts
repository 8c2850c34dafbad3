import { urlsOf } from "../../policy/facts.ts";
import type { Gate, RawCall } from "../../policy/gate.ts";
import type { Tool } from "../../tools/tool.ts";
import { ToolError } from "../../tools/tool_error.ts";
import { IDLE_CONTEXT } from "../tool_context.ts";
import { type Outcome, stopped } from "./outcome.ts";

/** Calls of one run, ready to be judged one after the other. */
export interface Trial {
  /** Opens the gate of a fresh run. */
  readonly open: () => Gate;
  readonly calls: readonly RawCall[];
  /** What runs when a call is allowed. */
  readonly tools: ReadonlyMap<string, Tool>;
}

/** Judges the calls of a trial and runs what is allowed, until something is not. */
export async function playTrial(
  { open, calls, tools }: Trial,
): Promise<Outcome> {
  const gate = open();
  const results: string[] = [];
  for (const call of calls) {
    const proposal = gate.propose(call);
    const { effect, rule, reason, metadata } = gate.judge(proposal);
    if (effect !== "allow") {
      return stopped("deny", {
        rule,
        said: JSON.stringify({ reason, metadata }),
      });
    }
    const tool = tools.get(call.tool);
    if (tool === undefined || !proposal.args.ok) {
      throw new Error(`A call of "${call.tool}" was allowed that cannot run`);
    }
    try {
      const urls = new Map(
        [...urlsOf(proposal)].map(([spelled, { href }]) => [spelled, href]),
      );
      const places = new Map(
        [...proposal.facts.paths].map(([spelled, { resolved }]) => [
          spelled,
          resolved,
        ]),
      );
      const context = { ...IDLE_CONTEXT, urls, places };
      const result = await tool.run(proposal.args.value, context);
      results.push(JSON.stringify(result));
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      return stopped("error", { said: error.message });
    }
  }
  return {
    kind: "allow",
    rule: null,
    said: "",
    ran: results.length,
    leaks: results.filter((text) => text.includes("SECRET")),
  };
}

/** The time of each decision of a trial, in microseconds. */
export function decisionTimes(
  { open, calls }: Omit<Trial, "tools">,
): readonly number[] {
  const gate = open();
  return calls.map((call) => {
    const start = performance.now();
    gate.judge(gate.propose(call));
    return (performance.now() - start) * 1000;
  });
}
