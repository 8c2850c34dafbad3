import type { ArtifactName } from "../../artifacts.ts";
import {
  ATTESTATION_NAME,
  attestationFindings,
} from "../../attest/attestation.ts";
import { importPublicKey } from "../../attest/signing_key.ts";
import type { ArtifactDigest } from "../../recording/manifest.ts";
import type { Signature } from "./messages.ts";

/** What a signature is checked against. */
interface Signed {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly digests: Readonly<Partial<Record<ArtifactName, ArtifactDigest>>>;
  /** One PEM block. */
  readonly publicKey: string;
}

/** Says whether the holder of a key signed exactly these files. */
export async function signatureOf(
  { files, digests, publicKey }: Signed,
  subtle: SubtleCrypto,
): Promise<Signature> {
  try {
    const key = await importPublicKey(publicKey, subtle);
    const textOf = (name: string) => {
      const bytes = files.get(name);
      return bytes === undefined ? undefined : new TextDecoder("utf-8", {
        ignoreBOM: true,
      }).decode(bytes);
    };
    const findings = await attestationFindings({
      text: textOf(ATTESTATION_NAME),
      publicKey: key,
      digests: Object.fromEntries(
        Object.entries(digests).map(([name, { sha256 }]) => [name, sha256]),
      ),
      manifest: textOf("manifest.json"),
    });
    return { keyid: key.keyid, findings };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { keyid: null, findings: [{ message }] };
  }
}
