/**
 * Writes bytes as hex digits, two each, in lower case. Node 22 has no method of its
 * own for it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(encodeHex(new Uint8Array([0, 10, 255])), "000aff");
 * assertEquals(decodeHex("000aff"), new Uint8Array([0, 10, 255]));
 * ```
 */
export function encodeHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
}

/**
 * The bytes of a text of hex digits.
 *
 * @throws {SyntaxError} when it is not an even number of hex digits
 */
export function decodeHex(text: string): Uint8Array<ArrayBuffer> {
  if (!/^(?:[0-9a-f]{2})*$/i.test(text)) {
    throw new SyntaxError("The text is not an even number of hex digits");
  }
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at++) {
    bytes[at] = parseInt(text.slice(2 * at, 2 * at + 2), 16);
  }
  return bytes;
}
