import { startDigest } from "../../tools/data/sha256.ts";
import type { ArtifactDigest } from "../recording/manifest.ts";

/** Chunks of bytes that are passed on. */
export interface Digested {
  readonly chunks: Iterable<Uint8Array>;
  /** The digest of the chunks; `undefined` when they were not read to their end. */
  end(): ArtifactDigest | undefined;
}

/** Passes chunks on and computes their digest. */
export function digested(chunks: Iterable<Uint8Array>): Digested {
  const hash = startDigest();
  let bytes = 0;
  let isWhole = false;
  function* handOn(): Generator<Uint8Array, void> {
    for (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
    isWhole = true;
  }
  return {
    chunks: handOn(),
    end: (): ArtifactDigest | undefined =>
      isWhole ? { sha256: hash.hex(), bytes } : undefined,
  };
}
