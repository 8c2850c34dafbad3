import { INCIDENTS } from "../../evidence/recording/incident.ts";
import type { RunRecord } from "../../evidence/run_store.ts";
import type { Leftover } from "../../tools/sandbox/leftover.ts";
import type { Output } from "../command/command.ts";
import { whyUnwritable } from "../../evidence/store/file_error.ts";

/**
 * Writes down beside the record of a run what its writes had to leave behind.
 * Where that cannot be written, it is said: the write has failed already, and how
 * is on record.
 */
export function leftoverIncidents(
  run: RunRecord,
  output: Output,
): (leftover: Leftover) => void {
  const unwritten = (error: unknown) =>
    output.error(`${run.place(INCIDENTS)}: ${whyUnwritable(error)}`);
  return ({ kind, place }) => {
    const leftover = { type: "leftover", kind, place } as const;
    Promise.try(run.addIncident, leftover).catch(unwritten);
  };
}
