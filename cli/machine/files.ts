import { MAX_LEDGER_BYTES, maxBytesOf } from "../../evidence/file_limits.ts";
import { readRegularFile } from "../../evidence/store/regular_file.ts";
import { InputError } from "../../tools/data/input_error.ts";

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
 * The text of a file of a run directory, if there is one; bytes that are no UTF-8
 * read as what no sound text has.
 *
 * @throws {InputError} when it is there and no regular file with one name, is too large, or cannot be read
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

function unreadable(path: string, cause: unknown): InputError {
  const message = whyUnreadable(cause);
  return new InputError(path, [{ path: "", message }], { cause });
}

/** Says in a few words why a file or a folder cannot be read. */
export function whyUnreadable(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.IsADirectory) return "it is a directory";
  if (error instanceof Deno.errors.NotADirectory) {
    return "it is not a directory";
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return "the operating system does not let this user read it";
  }
  if (error instanceof Deno.errors.NotCapable) {
    return "the process has no permission to read it; see --allow-read";
  }
  if (error instanceof TypeError) return "it is not UTF-8 text";
  return error instanceof Error ? error.message : String(error);
}

/** Says in a few words why something cannot be written. */
export function whyUnwritable(error: unknown): string {
  if (error instanceof Deno.errors.NotADirectory) return "it is not a folder";
  if (error instanceof Deno.errors.PermissionDenied) {
    return "the operating system does not let this user do it";
  }
  if (error instanceof Deno.errors.NotCapable) {
    const [, access] = /\b(read|write) access/.exec(error.message) ?? [];
    return access === undefined
      ? "the process has no access to it; see --allow-read and --allow-write"
      : `the process has no ${access} access to it; see --allow-${access}`;
  }
  return error instanceof Error ? error.message : String(error);
}
