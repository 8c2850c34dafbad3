import { join } from "../../deps.ts";
import { unreadable } from "../../evidence/store/file_error.ts";
import { walkSync } from "../../evidence/store/walk.ts";
import type { InputError } from "../../tools/data/input_error.ts";

/** A file or a folder that cannot be read as tasks. */
export interface UnreadableTask {
  readonly path: string;
  readonly error: InputError;
}

/** The files of tasks that a path names: itself, or all in the folder that it is. */
export function taskFiles(path: string): readonly (string | UnreadableTask)[] {
  try {
    if (!Deno.statSync(path).isDirectory) return [path];
    return [...walkSync(path, { includeDirs: false, includeSymlinks: false })]
      .map((entry) => join(entry.path))
      .filter((file) =>
        file.endsWith(".yaml") && !/(^|[./])policy(_test)?\.yaml$/.test(file)
      )
      .sort();
  } catch (cause) {
    return [{ path, error: unreadable(path, cause) }];
  }
}
