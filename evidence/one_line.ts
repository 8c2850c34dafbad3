/**
 * Puts what others wrote on one line: control characters, line ends and what
 * turns the direction of writing become spaces; what is longer than `length`
 * characters is cut.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(oneLine("a\r\n\u001b[2Jb"), "a [2Jb");
 * assertEquals(oneLine("abc", 2), "ab…");
 * ```
 */
export function oneLine(text: string, length = 120): string {
  // What lies far behind the cut need not be looked at.
  const start = text.slice(0, 8 * length);
  const flat = start.replace(/[\p{C}\s]+/gu, " ").trim();
  return flat.length > length || start.length < text.length
    ? `${flat.slice(0, length).replace(/\p{C}$/u, "")}…`
    : flat;
}
