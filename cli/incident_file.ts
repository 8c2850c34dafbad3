import { join } from "../deps.ts";
import {
  type Incident,
  incidentLine,
  INCIDENTS,
} from "../evidence/incident.ts";

/** Writes down beside the record of a run what befell its process. */
export function appendIncident(out: string, incident: Incident): void {
  const line = incidentLine(incident, new Date().toISOString());
  Deno.writeTextFileSync(join(out, INCIDENTS), line, { append: true });
}
