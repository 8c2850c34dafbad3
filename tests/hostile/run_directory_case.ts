import { z } from "../../deps.ts";
import type { RunState } from "./laid_runs.ts";

/** How a command is called, and on a run of which state; `{RUN}` is the hostile one. */
export const RUN_COMMANDS = {
  "verify": { state: "signed", args: ["{RUN}"] },
  "verify --key": { state: "signed", args: ["{RUN}", "--key", "{KEY}.pub"] },
  "verify FOLDER": { state: "signed", args: ["{RUNS}"] },
  "resume": { state: "waiting", args: ["{RUN}"] },
  "replay": { state: "signed", args: ["{RUN}"] },
  "replay --policy": {
    state: "signed",
    args: ["{RUN}", "--policy", "{POLICY}"],
  },
  "diff": { state: "signed", args: ["{RUN}", "{OTHER}"] },
  "diff OTHER": { state: "signed", args: ["{OTHER}", "{RUN}"] },
  "inspect": { state: "signed", args: ["{RUN}"] },
  "approvals list": { state: "waiting", args: ["list", "{RUN}"] },
  "approvals approve": {
    state: "waiting",
    args: ["approve", "{RUN}", "--by", "ada"],
  },
  "approvals reject": {
    state: "waiting",
    args: ["reject", "{RUN}", "--by", "ada"],
  },
  "sign": { state: "finished", args: ["{RUN}", "--key", "{KEY}"] },
  "trace check": { state: "signed", args: ["check", "{RUN}/trace.json"] },
} as const satisfies Readonly<
  Record<
    string,
    { readonly state: RunState; readonly args: readonly string[] }
  >
>;

/** A command that takes a run. */
export type RunCommand = keyof typeof RUN_COMMANDS;

/** What is laid where, and what is called then. */
export interface RunDirectoryInput {
  readonly command: RunCommand;
  /** Path below the run directory. */
  readonly file: string;
  /** A key of `PLACES`; `null` when nothing is laid. */
  readonly place: string | null;
}

const schema = z.strictObject({
  command: z.string(),
  file: z.string(),
  place: z.nullable(z.string()),
});

/** Reads the input of a case. */
export function runDirectoryInput(input: unknown): RunDirectoryInput {
  const { command, ...rest } = schema.parse(input);
  if (!isRunCommand(command)) throw new RangeError(`There is no "${command}"`);
  return { command, ...rest };
}

/** Whether there is a command of this name. */
export function isRunCommand(name: string): name is RunCommand {
  return Object.hasOwn(RUN_COMMANDS, name);
}
