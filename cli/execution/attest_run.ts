import { sha256Text } from "../../tools/data/sha256.ts";
import { nativeDigest } from "../machine/native_digest.ts";
import { join } from "../../deps.ts";
import { attest, ATTESTATION_NAME } from "../../evidence/attest/attestation.ts";
import type { SigningKey } from "../../evidence/attest/signing_key.ts";
import { InputError } from "../../tools/data/input_error.ts";
import { growingFile } from "../../evidence/store/growing_file.ts";
import { exists } from "../../evidence/store/exists.ts";
import { parseManifest } from "../../evidence/attest/manifest_document.ts";
import { openRegularFile } from "../../evidence/store/regular_file.ts";
import { readRunText, whyUnreadable, whyUnwritable } from "../machine/files.ts";

/**
 * Signs the run in a directory: writes `attestation.json` beside its artifacts,
 * by temporary file and rename.
 *
 * @throws {InputError} when the run is attested already, is not whole, or does not fit together; nothing is left behind then
 */
export async function attestRun(run: string, key: SigningKey): Promise<void> {
  const path = join(run, ATTESTATION_NAME);
  if (exists(path)) throw unsigned(path, "the run is signed already");
  const manifest = readRunText(join(run, "manifest.json"));
  let attestation: string;
  try {
    const digests = digestsOf(run, manifest);
    attestation = await attest({ manifest, digests }, key);
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw unsigned(run, cause instanceof Error ? cause.message : "", cause);
  }
  place(path, attestation);
}

function digestsOf(run: string, manifest: string) {
  const { artifacts } = parseManifest(manifest);
  const digest = (name: keyof typeof artifacts) =>
    digestOf(join(run, name), artifacts[name].bytes);
  return {
    "manifest.json": sha256Text(manifest),
    "run_report.md": digest("run_report.md"),
    "state.jsonl": digest("state.jsonl"),
    "trace.json": digest("trace.json"),
  };
}

/** The SHA-256 of a file; one of another size than the manifest states is not read. */
function digestOf(path: string, bytes: number): string {
  try {
    using file = openRegularFile(path);
    if (file.bytes !== bytes) {
      throw new Error(
        `it has ${file.bytes} bytes, and manifest.json states ${bytes}`,
      );
    }
    const digest = nativeDigest();
    for (const chunk of file.chunks()) digest.update(chunk);
    return digest.hex();
  } catch (cause) {
    throw unsigned(path, whyUnreadable(cause), cause);
  }
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
