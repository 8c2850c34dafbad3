import { startDigest } from "../../tools/data/sha256.ts";
import type { ArtifactDigest } from "./manifest.ts";

/** How much may wait before it is written, in bytes. */
const WRITE_SIZE = 2 ** 16;

/** How many bytes of UTF-8 a UTF-16 code unit takes at most. */
const MAX_UNIT_BYTES = 3;

/** The text of one artifact while it grows. */
export interface ArtifactText {
  /** Takes text; it may wait for the next flush. */
  append(text: string): void;
  /** Writes what waits. */
  flush(): void;
  /** Writes what waits, and returns the digest of the whole text. */
  end(): ArtifactDigest;
}

/**
 * Collects text that comes in small pieces, and hashes and writes it in large ones,
 * since each operation costs more than the bytes in it. What waits is bytes: texts
 * that wait would outlive the young generation, and be garbage of the old one.
 */
export function artifactText(
  write: (bytes: Uint8Array) => void,
): ArtifactText {
  const encoder = new TextEncoder();
  const digest = startDigest();
  const waiting = new Uint8Array(WRITE_SIZE);
  let used = 0;
  let length = 0;
  function take(bytes: Uint8Array): void {
    digest.update(bytes);
    length += bytes.length;
    write(bytes);
  }
  function flush(): void {
    if (used === 0) return;
    const bytes = waiting.slice(0, used);
    used = 0;
    take(bytes);
  }
  return {
    append(text) {
      const most = text.length * MAX_UNIT_BYTES;
      if (most > WRITE_SIZE - used) flush();
      if (most > WRITE_SIZE) take(encoder.encode(text));
      else used += encoder.encodeInto(text, waiting.subarray(used)).written;
    },
    flush,
    end() {
      flush();
      return { sha256: digest.hex(), bytes: length };
    },
  };
}
