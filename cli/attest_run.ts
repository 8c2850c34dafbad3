import { join } from "../deps.ts";
import { attest, ATTESTATION_NAME } from "../evidence/attestation.ts";
import type { SigningKey } from "../evidence/signing_key.ts";
import { InputError } from "../policy/input_error.ts";
import { growingFile } from "../runtime/growing_file.ts";
import { exists } from "../evidence/exists.ts";
import { readInput, whyUnwritable } from "./files.ts";

/**
 * Signs the run in a directory: writes `attestation.json` beside its artifacts,
 * by temporary file and rename.
 *
 * @throws {InputError} when the run is attested already, is not whole, or does not fit together; nothing is left behind then
 */
export async function attestRun(run: string, key: SigningKey): Promise<void> {
  const path = join(run, ATTESTATION_NAME);
  if (exists(path)) throw unsigned(path, "the run is signed already");
  const manifest = readInput(join(run, "manifest.json"));
  const digests = {
    "manifest.json": await sha256(manifest),
    "run_report.md": await sha256(readInput(join(run, "run_report.md"))),
    "state.jsonl": await sha256(readInput(join(run, "state.jsonl"))),
    "trace.json": await sha256(readInput(join(run, "trace.json"))),
  };
  let attestation: string;
  try {
    attestation = await attest({ manifest, digests }, key);
  } catch (cause) {
    throw unsigned(run, cause instanceof Error ? cause.message : "", cause);
  }
  place(path, attestation);
}

/** Of the bytes of a text that was read strictly as UTF-8, so that they are those of the file. */
async function sha256(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** Takes care that the file is either not there or whole. */
function place(path: string, text: string): void {
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
    const why = cause instanceof Deno.errors.AlreadyExists
      ? "another process is signing the run, or was interrupted; remove the file if there is none"
      : `cannot write it: ${whyUnwritable(cause)}`;
    throw unsigned(part, why, cause);
  }
}

function unsigned(path: string, message: string, cause?: unknown): InputError {
  return new InputError(path, [{ path: "", message }], { cause });
}
