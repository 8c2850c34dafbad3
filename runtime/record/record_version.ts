import type { RunEvent } from "./event.ts";

/** The version of the record that an event belongs to. */
export type RecordVersion = RunEvent["v"];

/** Whether an event has a key that version 1 does not know, or lacks one that it has. */
function isOfVersion2(event: RunEvent): boolean {
  switch (event.type) {
    case "run_started":
      return event.runtime_version === undefined ||
        event.llm.settings !== undefined ||
        event.tools.some(({ labels }) => labels !== undefined) ||
        event.mode !== undefined;
    case "llm_completed":
      return event.turn !== undefined || event.answered_by !== undefined ||
        event.usage?.cached_input_tokens !== undefined ||
        event.usage?.cache_write_tokens !== undefined;
    case "policy_checked":
      return event.asked !== undefined || event.facts?.args !== undefined ||
        event.enforced !== undefined;
    case "run_finished":
      return event.totals.cost !== undefined;
    default:
      return false;
  }
}

/** The version that an event has by its keys; what it states as `v` must be the same. */
export function recordVersion(event: RunEvent): RecordVersion {
  return isOfVersion2(event) ? 2 : 1;
}
