import { createHash } from "node:crypto";
import type { Digest } from "../../tools/data/sha256.ts";

/** Starts the process's own SHA-256, which is about ten times as fast as the portable one. */
export function nativeDigest(hash = createHash("sha256")): Digest {
  return {
    update: (bytes) => void hash.update(bytes),
    hex: () => hash.digest("hex"),
    copy: () => nativeDigest(hash.copy()),
  };
}
