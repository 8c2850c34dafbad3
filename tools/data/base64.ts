/** How many bytes become characters at a time: a function takes only so many arguments. */
const CHUNK_SIZE = 2 ** 13;

/**
 * Writes bytes as base64 (RFC 4648, section 4). Node 22 has no method of its own
 * for it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(encodeBase64(new TextEncoder().encode("fooba")), "Zm9vYmE=");
 * ```
 */
export function encodeBase64(bytes: Uint8Array): string {
  let characters = "";
  for (let at = 0; at < bytes.length; at += CHUNK_SIZE) {
    const chunk = bytes.subarray(at, at + CHUNK_SIZE);
    characters += String.fromCharCode(...chunk);
  }
  return btoa(characters);
}

/**
 * Decodes base64 (RFC 4648, section 4) that is written in its one canonical
 * way: the standard alphabet, padded, no white space, no stray bits. Returns
 * `undefined` for everything else.
 */
export function decodeBase64(
  text: string,
): Uint8Array<ArrayBuffer> | undefined {
  try {
    const bytes = Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
    return encodeBase64(bytes) === text ? bytes : undefined;
  } catch {
    return undefined;
  }
}
