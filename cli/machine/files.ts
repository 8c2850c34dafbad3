import { unusable } from "../../tools/data/input_error.ts";
import { unreadable } from "../../evidence/store/file_error.ts";

/**
 * Reads a text file that a person named, strictly as UTF-8.
 *
 * @throws {InputError} when it cannot be read
 */
export function readInput(path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(Deno.readFileSync(path));
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/**
 * Looks whether a directory that a person named is one.
 *
 * @throws {InputError} when it is not
 */
export function checkDirectory(path: string): void {
  let isDirectory: boolean;
  try {
    ({ isDirectory } = Deno.statSync(path));
  } catch (cause) {
    throw cause instanceof Deno.errors.NotFound
      ? unusable(path, "there is no such directory", { cause })
      : unreadable(path, cause);
  }
  if (!isDirectory) throw unusable(path, "it is not a directory");
}
