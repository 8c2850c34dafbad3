import { sha256Text } from "../tools/data/sha256.ts";

/**
 * Equal for calls of the same tool with the same arguments, and only for them:
 * SHA-256 over both, 64 hex digits. `canonical` is the RFC 8785 form of the
 * arguments, or their text when it is not sound JSON.
 */
export function callHash(tool: string, canonical: string): string {
  return sha256Text(JSON.stringify([tool, canonical]));
}
