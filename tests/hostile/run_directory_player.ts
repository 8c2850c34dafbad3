/**
 * Plays commands against run directories in which something hostile was laid,
 * one line of JSON a case. It is a process of its own, so that a command that
 * waits for ever can be ended.
 *
 * @module
 */
import { approvals } from "../../cli/approvals.ts";
import type { Command } from "../../cli/command/command.ts";
import { diff } from "../../cli/diff.ts";
import { inspect } from "../../cli/inspect.ts";
import { replay } from "../../cli/replay.ts";
import { resume } from "../../cli/resume.ts";
import { sign } from "../../cli/sign.ts";
import { trace } from "../../cli/trace.ts";
import { verify } from "../../cli/verify.ts";
import { join } from "../../deps.ts";
import { copySync } from "./copied.ts";
import { call, layRuns } from "./laid_runs.ts";
import { layOf } from "./places.ts";
import {
  RUN_COMMANDS,
  type RunCommand,
  runDirectoryInput,
} from "./run_directory_case.ts";

const COMMANDS: Readonly<Record<string, Command>> = {
  approvals,
  diff,
  inspect,
  replay,
  resume,
  sign,
  trace,
  verify,
};

type Laid = Awaited<ReturnType<typeof layRuns>>;

async function played(laid: Laid, line: string): Promise<string> {
  const { command, file, place } = runDirectoryInput(JSON.parse(line));
  const { state, args } = RUN_COMMANDS[command];
  const root = Deno.makeTempDirSync();
  try {
    const outside = join(root, "outside");
    Deno.writeTextFileSync(outside, "SECRET\n");
    const run = join(root, "runs", "run");
    Deno.mkdirSync(join(root, "runs"));
    copySync(laid.path(state), run);
    layOf(place)?.(join(run, file), outside);
    const before = standing(outside, root);
    const start = performance.now();
    const named = args.map((each) => spelled(each, { laid, run, root }));
    const { code, said } = await call(commandOf(command), named);
    const ms = performance.now() - start;
    const after = standing(outside, root);
    const leaks = [
      ...before === after ? [] : [`outside has changed: ${after}`],
      ...said.includes("SECRET") ? ["what is outside was shown"] : [],
    ];
    return JSON.stringify({ code, said, ms, leaks });
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

function commandOf(command: RunCommand): Command {
  const [name = ""] = command.split(" ");
  const found = COMMANDS[name];
  if (found === undefined) throw new Error(`Cannot call "${name}"`);
  return found;
}

function spelled(
  arg: string,
  { laid, run, root }: {
    readonly laid: Laid;
    readonly run: string;
    readonly root: string;
  },
): string {
  return arg.replace("{RUN}", run).replace("{RUNS}", join(root, "runs"))
    .replace("{OTHER}", laid.path("finished")).replace("{KEY}", laid.key)
    .replace("{POLICY}", join(laid.folder, "policy.yaml"));
}

/** What is to be seen of the file outside, and what else is there. */
function standing(outside: string, root: string): string {
  const { mtime, ino, size } = Deno.statSync(outside);
  const names = [...Deno.readDirSync(root)].map(({ name }) => name).sort();
  const text = Deno.readTextFileSync(outside);
  return JSON.stringify({ mtime, ino, size, names, text });
}

using laid = await layRuns();
let text = "";
for await (
  const part of Deno.stdin.readable.pipeThrough(new TextDecoderStream())
) {
  text += part;
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
    const line = text.slice(0, end);
    text = text.slice(end + 1);
    console.log(await played(laid, line));
  }
}
