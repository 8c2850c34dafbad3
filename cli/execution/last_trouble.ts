import { effectOf } from "../../runtime/record/effect_of.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import type { RunEvent } from "../../runtime/record/event.ts";

/**
 * Remembers why a run did not end with an answer: the last thing that went
 * wrong. `asksModel` says whether a real model is asked.
 */
export function lastTrouble({ asksModel }: { readonly asksModel: boolean }) {
  let trouble: string | undefined;
  let isUnreachable = false;
  let isOut = false;
  return {
    watch(event: RunEvent): void {
      const what = troubleOf(event);
      if (what !== undefined) {
        trouble = `step ${event.step}: ${terminalLine(what)}`;
      }
      isUnreachable ||= isWithoutNetwork(event);
      isOut = asksModel && isModelOut(event, isOut);
    },
    text: () => trouble,
    isUnreachable: () => isUnreachable || isOut,
  };
}

/** Whether the last allowed try of a tool, after which a run ends, found no connection. */
function isWithoutNetwork(event: RunEvent): boolean {
  return event.type === "attempt_finished" && event.call_id !== null &&
    event.outcome === "exhausted" && event.error?.type === "network";
}

/** Whether the last allowed try of the model failed, and the run has not continued since. */
function isModelOut(event: RunEvent, before: boolean): boolean {
  if (event.type === "attempt_finished" && event.call_id === null) {
    return event.outcome === "exhausted";
  }
  return before && (event.type !== "llm_completed" || event.error !== null);
}

function troubleOf(event: RunEvent): string | undefined {
  switch (event.type) {
    case "policy_checked":
      return effectOf(event) === "deny"
        ? `${
          event.tool ?? "the run"
        } denied by ${event.rule_id}: ${event.reason}`
        : undefined;
    case "llm_completed":
    case "tool_finished":
      return event.error === null
        ? undefined
        : `${event.error.type}: ${event.error.message}`;
  }
}
