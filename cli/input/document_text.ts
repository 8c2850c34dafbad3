/**
 * The text of a file: UTF-8, or UTF-16 that begins with a byte order mark.
 * `undefined` for other encodings, and for a text that contains NUL.
 */
export function documentText(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  const encoding = first === 0xff && second === 0xfe
    ? "utf-16le"
    : first === 0xfe && second === 0xff
    ? "utf-16be"
    : "utf-8";
  try {
    const text = new TextDecoder(encoding, {
      fatal: true,
      // The mark of UTF-8 stays: it is part of the recorded document.
      ignoreBOM: encoding === "utf-8",
    }).decode(bytes);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}
