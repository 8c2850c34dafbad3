/** A text without the byte order mark that some editors put before it; no format of ours has one. */
export function withoutByteOrderMark(text: string): string {
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}
