import {
  ownSpelling,
  type SpellingNote,
} from "../trace/validate/own_spelling.ts";
import {
  type TraceFinding,
  validateTrace,
  validateTraceText,
} from "../trace/validate/validate.ts";
import { redactionIn } from "../evidence/report/recorded_redaction.ts";
import { readRunText } from "../evidence/store/run_text.ts";
import { otlpJson } from "../trace/otlp/otlp_json.ts";
import { terminalLine } from "../tools/data/untrusted_text.ts";
import { type CommandLine, parseCommandLine } from "./command/command_line.ts";
import { choice } from "./command/choice.ts";
import {
  type Command,
  EXIT,
  type Output,
  UsageError,
} from "./command/command.ts";
import { eachRun } from "./command/each_run.ts";
import {
  chosenForm,
  FORM_FLAGS,
  FORM_OPTIONS,
  spanForm,
} from "./execution/span_form.ts";
import { runStore } from "./machine/run_store.ts";

/** `trace`: validates a trace strictly, and writes the trace of a run for backends. */
export const trace: Command = {
  summary: "validate a trace.json; write the trace of a run for other backends",
  help: `Usage: trace check FILE... [--json]
       trace export RUN_DIR [--trace-schema genai|seed] [--otlp-content]

check  validates OTLP/JSON documents and this runtime's own span contract;
       prints each finding as FILE: CODE PATH: MESSAGE; exit 2 when there is one.
       A legal spelling of OTLP/JSON that differs from this runtime's is not a
       finding, but a note: FILE: note PATH: MESSAGE. A file that cannot be
       read is named on standard error, and the others are checked; exit 1

export prints the spans of a run as one OTLP/JSON document, as \`run --otlp\` sends
       them: by OpenTelemetry's conventions for generative AI (genai), or those of
       trace.json (seed), without what the policy redacts. With --otlp-content they
       have what the model was told and said, and what tools were given and gave
       back
`,
  async run(args, output) {
    const given = parseCommandLine(args, {
      options: FORM_OPTIONS,
      flags: ["json", ...FORM_FLAGS],
      operands: ["check|export", "FILE..."],
    });
    const verb = choice(given.operand(0), {
      where: "Cannot understand",
      of: ["check", "export"],
    });
    if (verb === "export") return await exported(given, output);
    if (
      given.option("trace-schema") !== undefined || given.flag("otlp-content")
    ) {
      throw new UsageError(
        "Cannot use this option with trace check: it is for export",
      );
    }
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

/** Prints the spans of one run. */
async function exported(given: CommandLine, output: Output): Promise<number> {
  const [, name = "", ...more] = given.operands;
  if (more.length > 0 || given.flag("json")) {
    throw new UsageError(
      "Expected one RUN_DIR and no --json: it is JSON already",
    );
  }
  const { started, events } = await runStore.run(name).ledger();
  const { redact, ...form } = spanForm(chosenForm(given), {
    redaction: redactionIn(started.policy.text),
  });
  const document = otlpJson(form);
  const parts = events.map((event) => document.push(redact(event)));
  output.verbatim(`${parts.join("")}${document.end()}`.trimEnd());
  return EXIT.ok;
}

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
