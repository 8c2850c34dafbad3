/**
 * Runs of every state that a command can find one in, made by the commands
 * themselves.
 *
 * @module
 */
import { copySync } from "./copied.ts";
import { dirname, join } from "../../deps.ts";
import type { Command, Output } from "../../cli/command/command.ts";
import { approvals } from "../../cli/approvals.ts";
import { keygen } from "../../cli/keygen.ts";
import { outputTo } from "../../cli/command/output.ts";
import { resume } from "../../cli/resume.ts";
import { run } from "../../cli/run.ts";
import { sign } from "../../cli/sign.ts";
import policyText from "../../policy/v1.yaml" with { type: "text" };

/** What a run directory is like: it waits for a person, is finished, or is finished and signed. */
export type RunState = "waiting" | "finished" | "signed";

/** What a command did. */
export interface Called {
  readonly code: number;
  /** What it printed and threw. */
  readonly said: string;
}

/** Calls a command in this process. */
export async function call(
  command: Command,
  args: readonly string[],
): Promise<Called> {
  const lines: string[] = [];
  const output = outputTo({
    data: (text) => lines.push(text),
    note: (text) => lines.push(text),
    isTerminal: false,
  });
  const code = await ended(command, { args, output });
  return { code, said: lines.join("\n") };
}

/** As the program does it, an error is a line and the exit code 1. */
async function ended(
  command: Command,
  { args, output }: {
    readonly args: readonly string[];
    readonly output: Output;
  },
): Promise<number> {
  try {
    return await command.run(args, output);
  } catch (error) {
    output.note(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

const TASK = `id: note
question: Write two notes, please.
script:
  - calls:
      - { tool: write, args: { path: drafts/a.md, content: "One." } }
      - { tool: write, args: { path: notes/b.md, content: "Two." } }
  - answer: Done.
`;

const POLICY = `${policyText}
escalate:
  - tools: [write]
    when:
      - { argument: path, starts_with: notes/ }
    reason: notes are read by customers
`;

/** Makes a run of each state in a new folder, with a key beside them. */
export async function layRuns() {
  const folder = Deno.makeTempDirSync();
  const at = (name: string) => join(folder, name);
  const write = (name: string, text: string) => {
    Deno.mkdirSync(dirname(at(name)), { recursive: true });
    Deno.writeTextFileSync(at(name), text);
  };
  write("task.yaml", TASK);
  write("policy.yaml", POLICY);
  write("documents/one.md", "The first document.\n");
  await done(run, 3, [
    ...[at("task.yaml"), "--policy", at("policy.yaml"), "--out", at("waiting")],
    ...["--corpus", at("documents"), "--approve", "file"],
  ]);
  copySync(at("waiting"), at("finished"));
  await done(approvals, 0, ["approve", at("finished"), "--by", "ada"]);
  await done(resume, 0, [at("finished")]);
  await done(keygen, 0, ["--out", at("key")]);
  copySync(at("finished"), at("signed"));
  await done(sign, 0, [at("signed"), "--key", at("key")]);
  return {
    folder,
    path: (state: RunState) => at(state),
    key: at("key"),
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

async function done(
  command: Command,
  code: number,
  args: readonly string[],
): Promise<void> {
  const called = await call(command, args);
  if (called.code !== code) throw new Error(called.said);
}
