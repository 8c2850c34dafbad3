/**
 * The command line: the table of commands and what is common to them.
 *
 * @module
 */
import {
  type Command,
  EXIT,
  type Output,
  UsageError,
} from "./cli/command/command.ts";
import { outputTo } from "./cli/command/output.ts";
import { ownWords } from "./cli/command/own_words.ts";
import { errorTerminal } from "./cli/machine/error_terminal.ts";
import { WriteError } from "./evidence/store/write_error.ts";
import { didYouMean } from "./tools/data/nearest.ts";
import { terminalLine } from "./tools/data/untrusted_text.ts";
import { InputError } from "./tools/data/input_error.ts";

/**
 * Commands in the order of `--help`: what a user does first, then how the project
 * proves itself. Each is loaded when it is called, so that one pays only for itself.
 * The addresses are literal: Deno reads such a module without a permission.
 */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import("./cli/run.ts")).run,
  resume: async () => (await import("./cli/resume.ts")).resume,
  init: async () => (await import("./cli/init.ts")).init,
  mcp: async () => (await import("./cli/mcp.ts")).mcp,
  approvals: async () => (await import("./cli/approvals.ts")).approvals,
  verify: async () => (await import("./cli/verify.ts")).verify,
  runs: async () => (await import("./cli/runs.ts")).runs,
  submit: async () => (await import("./cli/submit.ts")).submit,
  worker: async () => (await import("./cli/worker.ts")).worker,
  report: async () => (await import("./cli/report.ts")).report,
  replay: async () => (await import("./cli/replay.ts")).replay,
  diff: async () => (await import("./cli/diff.ts")).diff,
  inspect: async () => (await import("./cli/inspect.ts")).inspect,
  sign: async () => (await import("./cli/sign.ts")).sign,
  keygen: async () => (await import("./cli/keygen.ts")).keygen,
  test: async () => (await import("./cli/test.ts")).test,
  decide: async () => (await import("./cli/decide.ts")).decide,
  policy: async () => (await import("./cli/policy.ts")).policy,
  permissions: async () => (await import("./cli/permissions.ts")).permissions,
  task: async () => (await import("./cli/task.ts")).task,
  trace: async () => (await import("./cli/trace.ts")).trace,
  fleet: async () => (await import("./cli/fleet.ts")).fleet,
  canonical: async () => (await import("./cli/canonical.ts")).canonical,
  "policy-gates": async () =>
    (await import("./cli/policy_gates.ts")).policyGates,
  "failure-modes": async () =>
    (await import("./cli/failure_modes.ts")).failureModes,
  corpus: async () => (await import("./cli/corpus.ts")).corpus,
};

const PROCESS = outputTo({
  data: (line) => console.log(line),
  note: (line) => console.error(line),
  isTerminal: Deno.stdout.isTerminal(),
  errorTerminal: errorTerminal(),
});

/**
 * Runs one command line; returns the exit code of the process. Everything that is
 * said goes to `streams`, by default those of the process. `os` is the operating
 * system, by default this one; Windows is refused.
 */
export async function main(
  args: readonly string[],
  streams: Output = PROCESS,
  os: typeof Deno.build.os = Deno.build.os,
): Promise<number> {
  if (os === "windows") {
    streams.error(NOT_ON_WINDOWS);
    return EXIT.error;
  }
  const isQuiet = ownWords(args).includes("--quiet");
  const output = isQuiet
    ? { ...streams, note() {}, status: undefined }
    : streams;
  const [name, ...rest] = without("--quiet", args);
  const load = name === undefined
    ? undefined
    : new Map(Object.entries(COMMANDS)).get(name);
  if (name === "--version") return await version(output);
  if (load === undefined) return await overview(name, output);
  const command = await load();
  if (["--help", "-h"].some((each) => ownWords(rest).includes(each))) {
    output.data(`${command.help.trimEnd()}\n\n${COMMON_HELP}`);
    return EXIT.ok;
  }
  try {
    return await command.run(rest, output);
  } catch (error) {
    output.error(explain(error, name));
    return EXIT.error;
  }
}

const NOT_ON_WINDOWS =
  "Cannot run on Windows: its paths and links are not those of POSIX; run it in WSL";

const COMMON_HELP =
  "--quiet goes with every command: of standard error, only errors are left.";

function without(option: string, args: readonly string[]): readonly string[] {
  const before = ownWords(args);
  return [
    ...before.filter((each) => each !== option),
    ...args.slice(before.length),
  ];
}

/** A sentence with where to look, whether or not it ends with a question. */
function inFull(sentence: string, where: string): string {
  return sentence.endsWith("?")
    ? `${sentence} ${where.replace(/^see/, "See")}`
    : `${sentence}; ${where}`;
}

/** Loaded when it is asked for, like the commands. */
async function version(output: Output): Promise<number> {
  const config = await import("./deno.json", { with: { type: "json" } });
  output.data(config.default.version);
  return EXIT.ok;
}

async function overview(
  name: string | undefined,
  output: Output,
): Promise<number> {
  const wanted = name === undefined || name === "--help" || name === "-h" ||
    name === "help";
  if (!wanted) {
    output.error(
      inFull(
        `Cannot run "${terminalLine(name)}": unknown command${
          didYouMean(name, Object.keys(COMMANDS))
        }`,
        "see --help",
      ),
    );
    return EXIT.error;
  }
  const lines = [
    "Usage: deno run <permissions> mod.ts <command> [options]",
    "",
  ];
  const width = Math.max(...Object.keys(COMMANDS).map((each) => each.length));
  for (const [each, load] of Object.entries(COMMANDS)) {
    lines.push(`  ${each.padEnd(width)}  ${(await load()).summary}`);
  }
  lines.push(
    "",
    "`<command> --help` says more, `--version` which version this is.",
    COMMON_HELP,
  );
  output.data(lines.join("\n"));
  return EXIT.ok;
}

function explain(error: unknown, command: string | undefined): string {
  if (error instanceof UsageError) {
    return inFull(terminalLine(error.message), `see ${command} --help`);
  }
  if (error instanceof InputError || error instanceof WriteError) {
    return error.message;
  }
  if (error instanceof Deno.errors.NotCapable) {
    return `Cannot run ${command}: ${
      error.message.replace(/, run again with the (--\S+) flag.*/, "; see $1")
    }`;
  }
  return error instanceof Error
    ? `${error.name}: ${error.message}`
    : String(error);
}

if (import.meta.main) {
  // Everything is written; leaving at once spares a short command the tear-down.
  Deno.exit(await main(Deno.args));
}
