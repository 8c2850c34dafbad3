import type { RecordedTool, RunEvent, RunStarted } from "./event.ts";

/** The version of the record that an event belongs to. */
export type RecordVersion = RunEvent["v"];

/** The version of the record that begins with an event: version 1 states the program's version there. */
export function versionOfRecord(
  { runtime_version }: Pick<RunStarted, "runtime_version">,
): RecordVersion {
  return runtime_version === undefined ? 2 : 1;
}

/** Whether an event has a key that version 1 does not know. */
function isOfVersion2(event: RunEvent): boolean {
  switch (event.type) {
    case "run_started":
      return event.llm.settings !== undefined ||
        event.tools.some(isToolOfVersion2) ||
        event.mode !== undefined || event.sandbox !== undefined;
    case "llm_completed":
      return event.turn !== undefined || event.answered_by !== undefined ||
        event.usage?.cached_input_tokens !== undefined ||
        event.usage?.cache_write_tokens !== undefined;
    case "call_proposed":
    case "tools_changed":
      return true;
    case "policy_checked":
      return event.asked !== undefined || event.facts?.args !== undefined ||
        event.enforced !== undefined ||
        event.facts?.paths.some(({ closed }) => closed !== undefined) === true;
    case "run_finished":
      return event.totals.cost !== undefined || event.reason !== undefined;
    default:
      return false;
  }
}

function isToolOfVersion2(
  { labels, definition_sha256, undescribed }: RecordedTool,
): boolean {
  return labels !== undefined || definition_sha256 !== undefined ||
    undescribed !== undefined;
}

/** What an event states as `v` in a record of a version. */
export function versionOfLine(
  event: RunEvent,
  record: RecordVersion,
): RecordVersion {
  return record === 2 || event.call !== undefined || isOfVersion2(event)
    ? 2
    : 1;
}
