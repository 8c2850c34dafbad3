/**
 * Decodes base64 (RFC 4648, section 4) that is written in its one canonical
 * way: the standard alphabet, padded, no white space, no stray bits. Returns
 * `undefined` for everything else.
 */
export function decodeBase64(
  text: string,
): Uint8Array<ArrayBuffer> | undefined {
  try {
    const bytes = Uint8Array.fromBase64(text);
    return bytes.toBase64() === text ? bytes : undefined;
  } catch {
    return undefined;
  }
}
