import { dirname } from "../../deps.ts";
import { cannotWrite } from "../../evidence/store/file_error.ts";
import { UsageError } from "../command/command.ts";

/** An empty folder for a run; if it was made for the run, it is removed again while it is empty. */
export interface RunFolder extends Disposable {
  readonly path: string;
}

/**
 * The folder that a person named for a run; it is made when it is written to.
 *
 * @throws {UsageError} when it is not empty: a run is evidence and is never
 *   overwritten
 * @throws {InputError} when no run can be written there
 */
export function namedFolder(path: string): RunFolder {
  if (unwritable(path, () => entriesOf(path)).length > 0) {
    throw new UsageError(
      `Cannot write the run to "${path}": the folder is not empty; remove it or choose another --out`,
    );
  }
  return { path, [Symbol.dispose]() {} };
}

/**
 * Makes a folder that was not there: `path`, or else `path_2`, `path_3` and so on.
 * Of two processes that ask at once, each gets one of its own.
 *
 * @throws {InputError} when none can be made
 */
export function freeFolder(path: string): RunFolder {
  for (let number = 1;; number++) {
    const candidate = number === 1 ? path : `${path}_${number}`;
    if (!unwritable(candidate, () => isMade(candidate))) continue;
    return {
      path: candidate,
      [Symbol.dispose]: () => removeIfEmpty(candidate),
    };
  }
}

/** Does work that may fail because of the place of the run. */
export function unwritable<T>(out: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw cannotWrite("the run there", out, cause);
  }
}

/** Makes a folder; false when the name is taken. */
function isMade(folder: string): boolean {
  try {
    Deno.mkdirSync(folder);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  Deno.mkdirSync(dirname(folder), { recursive: true });
  return isMade(folder);
}

function removeIfEmpty(folder: string): void {
  try {
    Deno.removeSync(folder);
  } catch {
    // The run is in it.
  }
}

function entriesOf(folder: string): readonly Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
