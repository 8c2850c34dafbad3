import { INCIDENTS } from "../evidence/recording/incident.ts";
import type { RunRecord } from "../evidence/run_store.ts";
import { oneLine } from "../tools/data/untrusted_text.ts";
import { timeline } from "../evidence/report/timeline.ts";
import { parseCommandLine } from "./command/command_line.ts";
import { type Command, EXIT } from "./command/command.ts";
import { runStore } from "./machine/run_store.ts";

/** `inspect`: what a run did, in order. */
export const inspect: Command = {
  summary: "print what a run did as a timeline",
  help: `Usage: inspect RUN_DIR [--json]

Prints a run step by step: what the model proposed, how each call was judged and
why, how each attempt ended, and how long it took by the clock of the run. A run
that broke off is printed as far as it got. Incidents of the process, such as
spans that were not sent, follow it, as incidents.jsonl has them.

  --json  print one JSON object for each entry, and for each incident

Exit codes: 0 done, 1 the record cannot be read.
`,
  async run(args, output) {
    const given = parseCommandLine(args, {
      flags: ["json"],
      operands: ["RUN_DIR"],
    });
    const json = given.flag("json");
    const record = runStore.run(given.operand(0));
    const entries = timeline((await record.ledger()).events);
    for (const entry of entries) {
      if (json) output.json(entry);
      else {
        output.data(
          [
            entry.at_ms.toFixed(0).padStart(8) + " ms",
            (entry.step === 0 ? "" : String(entry.step)).padStart(3),
            entry.what.padEnd(8),
            entry.text,
          ].join("  ").trimEnd(),
        );
      }
    }
    for (const line of await incidentsOf(record)) {
      if (json) output.json(incidentOn(line));
      else output.data(`incident  ${oneLine(line, 200)}`);
    }
    return EXIT.ok;
  },
};

/** The parsed line; the text itself when it is not JSON. */
function incidentOn(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}

/** The lines of incidents.jsonl; empty when there was no incident. */
async function incidentsOf(record: RunRecord): Promise<readonly string[]> {
  const text = await record.textIfThere(INCIDENTS) ?? "";
  return text.split("\n").filter((line) => line !== "");
}
