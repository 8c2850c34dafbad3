import { MAX_LEDGER_BYTES, maxBytesOf } from "../file_limits.ts";
import { unreadable } from "./file_error.ts";
import { readRegularFile } from "./regular_file.ts";

/**
 * Reads a file of a run directory strictly as UTF-8. It must be a regular file
 * with one name, and no larger than a run leaves it.
 *
 * @throws {InputError} when it is not, or cannot be read
 */
export function readRunText(path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(runBytes(path));
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/**
 * The text of a file of a run directory, if it exists; bytes that are not UTF-8
 * are read as U+FFFD, which no sound text has.
 *
 * @throws {InputError} when it exists and is not a regular file with one name,
 *   is too large, or cannot be read
 */
export function runTextIfThere(path: string): string | undefined {
  try {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(runBytes(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw unreadable(path, error);
  }
}

function runBytes(path: string): Uint8Array {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return readRegularFile(path, {
    maxBytes: maxBytesOf(name) ?? MAX_LEDGER_BYTES,
  });
}
