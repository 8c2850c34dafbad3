import { timeline } from "../evidence/timeline.ts";
import { parseCommandLine } from "./command_line.ts";
import { type Command, EXIT } from "./command.ts";
import { readRecord } from "./record.ts";

/** `inspect`: what a run did, in the order in which it did it. */
export const inspect: Command = {
  summary: "print what a run did as a timeline",
  help: `Usage: inspect RUN_DIR [--json]

Prints a run step by step: what the model proposed, how each call was judged and
why, how each attempt ended, and how long it took by the clock of the run. A run
that broke off is printed as far as it got.

  --json  print one JSON object for each entry

Exit codes: 0 done, 1 the record cannot be read.
`,
  run(args, output) {
    const given = parseCommandLine(args, {
      flags: ["json"],
      operands: ["RUN_DIR"],
    });
    const entries = timeline(readRecord(given.operand(0)).events);
    for (const entry of entries) {
      output.data(
        given.flag("json") ? JSON.stringify(entry) : [
          entry.at_ms.toFixed(0).padStart(8) + " ms",
          (entry.step === 0 ? "" : String(entry.step)).padStart(3),
          entry.what.padEnd(8),
          entry.text,
        ].join("  ").trimEnd(),
      );
    }
    return EXIT.ok;
  },
};
