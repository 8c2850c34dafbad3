import { join } from "../../deps.ts";
import {
  type Incident,
  incidentLine,
  INCIDENTS,
} from "../../evidence/recording/incident.ts";
import { MAX_FILE_BYTES } from "../../evidence/file_limits.ts";
import { appendedFile } from "../../evidence/store/appended_file.ts";
import { cannotWrite } from "../../evidence/store/file_error.ts";

/**
 * Writes down beside the record of a run what happened to its process.
 *
 * @throws {InputError} when it cannot be written
 */
export function appendIncident(out: string, incident: Incident): void {
  const line = incidentLine(incident, new Date().toISOString());
  const path = join(out, INCIDENTS);
  try {
    using file = appendedFile(path, { maxBytes: MAX_FILE_BYTES[INCIDENTS] });
    file.append(new TextEncoder().encode(line));
  } catch (cause) {
    throw cannotWrite("the incident there", path, cause);
  }
}
