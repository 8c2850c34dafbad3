import { validateTraceText } from "../trace/validate.ts";
import { parseCommandLine } from "./command_line.ts";
import { type Command, EXIT, UsageError } from "./command.ts";
import { readInput } from "./files.ts";

/** `trace`: validates a trace strictly. */
export const trace: Command = {
  summary: "validate a trace.json",
  help: `Usage: trace check FILE [--json]

check  validates an OTLP/JSON document and this runtime's own span contract;
       prints each finding as CODE PATH: MESSAGE; exit 2 when there is one
`,
  run(args, output) {
    const given = parseCommandLine(args, {
      flags: ["json"],
      operands: ["check", "FILE"],
    });
    if (given.operand(0) !== "check") {
      throw new UsageError(`Expected check, found ${given.operand(0)}`);
    }
    const path = given.operand(1);
    const findings = validateTraceText(readInput(path));
    if (given.flag("json")) output.data(JSON.stringify(findings));
    else {
      for (const { code, path: place, message } of findings) {
        output.data(`${code} ${place}: ${message}`);
      }
      if (findings.length === 0) output.data(`${path}: valid`);
    }
    return findings.length === 0 ? EXIT.ok : EXIT.no;
  },
};
