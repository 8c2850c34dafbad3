import { join } from "../../deps.ts";
import { INCIDENTS } from "../../evidence/recording/incident.ts";
import type { Leftover } from "../../tools/sandbox/leftover.ts";
import type { Output } from "../command/command.ts";
import { whyUnwritable } from "../../evidence/store/file_error.ts";
import { appendIncident } from "../machine/incident_file.ts";

/**
 * Writes down beside the record of a run what its writes had to leave behind.
 * Where that cannot be written, it is said: the write has failed already, and how
 * is on record.
 */
export function leftoverIncidents(
  out: string,
  output: Output,
): (leftover: Leftover) => void {
  return ({ kind, place }) => {
    try {
      appendIncident(out, { type: "leftover", kind, place });
    } catch (error) {
      output.error(`${join(out, INCIDENTS)}: ${whyUnwritable(error)}`);
    }
  };
}
