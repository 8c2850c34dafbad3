import { sha256Text } from "../../tools/data/sha256.ts";
import { nativeDigest } from "../machine/native_digest.ts";
import { attest, ATTESTATION_NAME } from "../../evidence/attest/attestation.ts";
import type { ArtifactSource } from "../../evidence/artifact_source.ts";
import type { RunRecord } from "../../evidence/run_store.ts";
import type { SigningKey } from "../../evidence/attest/signing_key.ts";
import { unreadable } from "../../evidence/store/file_error.ts";
import { InputError, unusable } from "../../tools/data/input_error.ts";
import { parseManifest } from "../../evidence/attest/manifest_document.ts";

/**
 * Signs a run: writes `attestation.json` beside its artifacts.
 *
 * @throws {InputError} when the run is attested already, is not complete, or is
 *   inconsistent; then nothing is written
 */
export async function attestRun(
  run: RunRecord,
  key: SigningKey,
): Promise<void> {
  if (await run.has(ATTESTATION_NAME)) {
    throw unusable(run.place(ATTESTATION_NAME), "the run is signed already");
  }
  const manifest = await run.text("manifest.json");
  let attestation: string;
  try {
    const digests = digestsOf(run, await run.source(), manifest);
    attestation = await attest({ manifest, digests }, key);
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const message = cause instanceof Error ? cause.message : "";
    throw unusable(run.name, message, { cause });
  }
  await run.addAttestation(attestation);
}

function digestsOf(run: RunRecord, source: ArtifactSource, manifest: string) {
  const { artifacts } = parseManifest(manifest);
  const sizes = new Map(
    source.entries().map(({ name, bytes }) => [name, bytes]),
  );
  function digest(name: keyof typeof artifacts): string {
    const stated = artifacts[name].bytes;
    const size = sizes.get(name);
    try {
      // An artifact whose size differs from the manifest is not read.
      if (size !== undefined && size !== stated) {
        throw new Error(
          `it has ${size} bytes, and manifest.json states ${stated}`,
        );
      }
      return digestOf(source.chunks(name));
    } catch (cause) {
      throw unreadable(run.place(name), cause);
    }
  }
  return {
    "manifest.json": sha256Text(manifest),
    "run_report.md": digest("run_report.md"),
    "state.jsonl": digest("state.jsonl"),
    "trace.json": digest("trace.json"),
  };
}

function digestOf(chunks: Iterable<Uint8Array>): string {
  const digest = nativeDigest();
  for (const chunk of chunks) digest.update(chunk);
  return digest.hex();
}
