import {
  type Incident,
  incidentLine,
  INCIDENTS,
} from "../recording/incident.ts";
import { MAX_FILE_BYTES } from "../file_limits.ts";
import { appendedFile } from "./appended_file.ts";
import { cannotWrite } from "./file_error.ts";

/**
 * Records, beside the ledger of a run, what happened to its process.
 *
 * @throws {InputError} when it cannot be written
 */
export function appendIncident(
  path: string,
  incident: Incident,
  now: Date,
): void {
  const line = incidentLine(incident, now.toISOString());
  try {
    using file = appendedFile(path, { maxBytes: MAX_FILE_BYTES[INCIDENTS] });
    file.append(new TextEncoder().encode(line));
  } catch (cause) {
    throw cannotWrite("the incident there", path, cause);
  }
}
