import {
  ownSpelling,
  type SpellingNote,
} from "../trace/validate/own_spelling.ts";
import {
  type TraceFinding,
  validateTrace,
  validateTraceText,
} from "../trace/validate/validate.ts";
import { readRunText } from "../evidence/store/run_text.ts";
import { terminalLine } from "../tools/data/untrusted_text.ts";
import { parseCommandLine } from "./command/command_line.ts";
import { choice } from "./command/choice.ts";
import { type Command, EXIT } from "./command/command.ts";
import { eachRun } from "./command/each_run.ts";

/** `trace`: validates a trace strictly. */
export const trace: Command = {
  summary: "validate a trace.json",
  help: `Usage: trace check FILE... [--json]

check  validates OTLP/JSON documents and this runtime's own span contract;
       prints each finding as FILE: CODE PATH: MESSAGE; exit 2 when there is one.
       A legal spelling of OTLP/JSON that differs from this runtime's is not a
       finding, but a note: FILE: note PATH: MESSAGE. A file that cannot be
       read is named on standard error, and the others are checked; exit 1
`,
  async run(args, output) {
    const given = parseCommandLine(args, {
      flags: ["json"],
      operands: ["check", "FILE..."],
    });
    choice(given.operand(0), { where: "Cannot understand", of: ["check"] });
    return await eachRun(given.operands.slice(1), {
      output,
      // deno-lint-ignore require-await
      async look(path) {
        const judged = judge(readRunText(path));
        if (given.flag("json")) output.json({ path, ...judged });
        else {
          for (const line of describe(path, judged)) {
            output.data(terminalLine(line));
          }
        }
        return judged.findings.length > 0 ? EXIT.no : EXIT.ok;
      },
    });
  },
};

interface Judged {
  readonly findings: readonly TraceFinding[];
  readonly notes: readonly SpellingNote[];
}

/** Judges a trace as it is, or, if its spelling differs from ours, by its content. */
function judge(text: string): Judged {
  const strict = validateTraceText(text);
  if (strict.length === 0) return { findings: strict, notes: [] };
  const twice = strict.some(({ code }) => code === "json_duplicate_key");
  try {
    const { document, notes } = ownSpelling(text);
    return twice || notes.length === 0
      ? { findings: strict, notes: [] }
      : { findings: validateTrace(document), notes };
  } catch {
    return { findings: strict, notes: [] };
  }
}

function describe(
  path: string,
  { findings, notes }: Judged,
): readonly string[] {
  const noted = notes.map(({ path: place, message, count }) =>
    `${path}: note ${place}: ${message}${
      count > 1 ? ` (and ${count - 1} more places)` : ""
    }`
  );
  if (findings.length > 0) {
    return [
      ...findings.map((each) =>
        `${path}: ${each.code} ${each.path}: ${each.message}`
      ),
      ...noted,
    ];
  }
  return notes.length === 0 ? [`${path}: valid`] : [
    `${path}: valid, though not spelled as this runtime does`,
    ...noted,
  ];
}
