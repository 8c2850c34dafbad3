import { dirname, walkSync } from "../deps.ts";
import { InputError } from "../policy/input_error.ts";
import { whyUnreadable } from "./files.ts";

/**
 * The run directories that a folder is or holds, sorted: those with a ledger.
 *
 * @throws {InputError} when there is none
 */
export function runDirectories(folder: string): readonly string[] {
  const found = [...ledgersBelow(folder)].map(dirname).sort();
  if (found.length > 0) return found;
  throw new InputError(folder, [{
    path: "",
    message: "there is no run in it: no state.jsonl",
  }]);
}

function* ledgersBelow(folder: string): Generator<string> {
  try {
    const options = { includeDirs: false, includeSymlinks: false };
    for (const { path } of walkSync(folder, options)) {
      if (path.endsWith("/state.jsonl") && !path.includes("/sandbox/")) {
        yield path;
      }
    }
  } catch (cause) {
    throw new InputError(folder, [{
      path: "",
      message: whyUnreadable(cause),
    }], { cause });
  }
}
