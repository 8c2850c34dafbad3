import { type TraceFinding, validateTraceText } from "../trace/validate.ts";
import { terminalLine } from "../tools/data/untrusted_text.ts";
import { parseCommandLine } from "./command_line.ts";
import { type Command, EXIT, UsageError } from "./command.ts";
import { readRunText } from "./files.ts";

/** `trace`: validates a trace strictly. */
export const trace: Command = {
  summary: "validate a trace.json",
  help: `Usage: trace check FILE... [--json]

check  validates OTLP/JSON documents and this runtime's own span contract;
       prints each finding as FILE: CODE PATH: MESSAGE; exit 2 when there is one
`,
  run(args, output) {
    const given = parseCommandLine(args, {
      flags: ["json"],
      operands: ["check", "FILE..."],
    });
    if (given.operand(0) !== "check") {
      throw new UsageError(`Expected check, found ${given.operand(0)}`);
    }
    let code: number = EXIT.ok;
    for (const path of given.operands.slice(1)) {
      const findings = validateTraceText(readRunText(path));
      if (findings.length > 0) code = EXIT.no;
      if (given.flag("json")) output.json({ path, findings });
      else {for (const line of describe(path, findings)) {
          output.data(terminalLine(line));
        }}
    }
    return code;
  },
};

function describe(
  path: string,
  findings: readonly TraceFinding[],
): readonly string[] {
  return findings.length === 0
    ? [`${path}: valid`]
    : findings.map((each) =>
      `${path}: ${each.code} ${each.path}: ${each.message}`
    );
}
