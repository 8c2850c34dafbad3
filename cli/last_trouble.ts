import { terminalLine } from "../tools/data/untrusted_text.ts";
import type { RunEvent } from "../runtime/event.ts";

/**
 * Remembers why a run did not end with an answer: the last thing that went wrong.
 * `asksModel` says whether a server is behind the model.
 */
export function lastTrouble({ asksModel }: { readonly asksModel: boolean }) {
  let trouble: string | undefined;
  let isUnreachable = false;
  return {
    watch(event: RunEvent): void {
      const what = troubleOf(event);
      if (what !== undefined) {
        trouble = `step ${event.step}: ${terminalLine(what)}`;
      }
      isUnreachable ||= nobodyThere(event, asksModel);
    },
    text: () => trouble,
    isUnreachable: () => isUnreachable,
  };
}

/**
 * Whether the last allowed try, after which a run ends, found nobody: no model
 * that answers, or no connection for a tool.
 */
function nobodyThere(event: RunEvent, asksModel: boolean): boolean {
  return event.type === "attempt_finished" && event.outcome === "exhausted" &&
    (event.call_id === null ? asksModel : event.error?.type === "network");
}

function troubleOf(event: RunEvent): string | undefined {
  switch (event.type) {
    case "policy_checked":
      return event.decision === "deny"
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
