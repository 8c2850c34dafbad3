import { join } from "../deps.ts";
import type { RunEvent, RunFinished } from "../runtime/event.ts";
import { EXIT, type Output } from "./command.ts";
import { describeEnd, endAsJson } from "./execute.ts";

/** What a governed run came to. */
export interface RunEnd {
  /** Where its artifacts are. */
  readonly out: string;
  readonly finished: RunFinished;
  /** Steps of the script that were not reached. */
  readonly unused: number;
  /** Why it did not end with an answer. */
  readonly trouble: string | undefined;
  readonly json: boolean;
}

/** Says how a run ended; returns the exit code that fits. */
export function reportEnd(
  output: Output,
  { out, finished, unused, trouble, json }: RunEnd,
): number {
  const answered = finished.terminal_reason === "final_answer";
  if (!answered) {
    output.note(`${trouble ?? "cancelled"}; see ${join(out, "run_report.md")}`);
  }
  if (unused > 0) {
    output.note(`steps of the script that were not reached: ${unused}`);
  }
  const { answer } = finished;
  output.data(
    json ? endAsJson(out, finished) : [
      `${out}: ${describeEnd(finished)}`,
      ...answer === null ? [] : ["", answer],
    ].join("\n"),
  );
  return answered ? EXIT.ok : EXIT.no;
}

/** Remembers why a run did not end with an answer: the last thing that went wrong. */
export function lastTrouble() {
  let trouble: string | undefined;
  return {
    watch(event: RunEvent): void {
      const what = troubleOf(event);
      if (what !== undefined) trouble = `step ${event.step}: ${what}`;
    },
    text: () => trouble,
  };
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
