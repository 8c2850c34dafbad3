import { join } from "../deps.ts";
import { InputError } from "../policy/input_error.ts";
import { whyUnreadable } from "./files.ts";

/** Whatever has one of these is a run: one that lost its ledger is not passed over. */
const MARKS: readonly string[] = ["state.jsonl", "trace.json", "run_report.md"];

/**
 * The run directories that a folder is or holds, sorted: those with a ledger, a
 * trace or a report. What is in a run directory belongs to the run and is not
 * looked at; links are not followed. A folder below that cannot be read is named
 * as if it were a run, so that whoever looks at it says so and goes on.
 *
 * @throws {InputError} when there is none
 */
export function runDirectories(folder: string): readonly string[] {
  const found = [...runsBelow(folder)].sort();
  if (found.length > 0) return found;
  throw new InputError(folder, [{
    path: "",
    message: "there is no run in it: no state.jsonl",
  }]);
}

function* runsBelow(folder: string): Generator<string> {
  const entries = entriesOf(folder);
  if (entries.some(({ name }) => MARKS.includes(name))) return yield folder;
  for (const { name, isDirectory } of entries) {
    if (!isDirectory) continue;
    const below = join(folder, name);
    try {
      yield* runsBelow(below);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      yield below;
    }
  }
}

function entriesOf(folder: string): readonly Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch (cause) {
    throw new InputError(folder, [{
      path: "",
      message: whyUnreadable(cause),
    }], { cause });
  }
}
