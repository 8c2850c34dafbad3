import { startDigest } from "../../tools/data/sha256.ts";
import type { ArtifactDigest } from "./manifest.ts";

/** How much text may wait before it is written, in UTF-16 code units. */
const WRITE_SIZE = 2 ** 16;

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
 * Collects text that comes in small pieces, and encodes, hashes and writes it in
 * large ones, since each operation costs more than the bytes in it.
 */
export function artifactText(
  write: (bytes: Uint8Array) => void,
): ArtifactText {
  const encoder = new TextEncoder();
  const digest = startDigest();
  let pending = "";
  let length = 0;
  function flush(): void {
    if (pending === "") return;
    const bytes = encoder.encode(pending);
    pending = "";
    digest.update(bytes);
    length += bytes.length;
    write(bytes);
  }
  return {
    append(text) {
      pending += text;
      if (pending.length > WRITE_SIZE) flush();
    },
    flush,
    end() {
      flush();
      return { sha256: digest.hex(), bytes: length };
    },
  };
}
