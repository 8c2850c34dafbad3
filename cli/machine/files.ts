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
