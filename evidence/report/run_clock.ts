import type { RunStarted } from "../../runtime/record/event.ts";

/**
 * Whether the times of a run are those of a virtual clock, which moves 1 ms with
 * each reading, and so say nothing of how long anything took: where no model is
 * asked, this program takes such a clock.
 */
export function isOnVirtualClock({ llm }: Pick<RunStarted, "llm">): boolean {
  return llm.execution_path === "stub" || llm.execution_path === "replay";
}
