import { unusable } from "../../tools/data/input_error.ts";
import { cannotWrite } from "./file_error.ts";
import { growingFile } from "./growing_file.ts";

/**
 * Writes an attestation by temporary file and rename, so that the file is either
 * not there or whole.
 *
 * @throws {InputError} when it cannot be written, or another process is doing so
 */
export function writeAttestation(path: string, text: string): void {
  const part = `${path}.part`;
  try {
    using file = growingFile(part);
    try {
      file.append(new TextEncoder().encode(text));
      file.sync();
      Deno.renameSync(part, path);
    } catch (error) {
      Deno.removeSync(part);
      throw error;
    }
  } catch (cause) {
    if (!(cause instanceof Deno.errors.AlreadyExists)) {
      throw cannotWrite("it", part, cause);
    }
    throw unusable(
      part,
      "another process is signing the run, or was interrupted; if no process is, remove the file",
      { cause },
    );
  }
}
