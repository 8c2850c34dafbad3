/**
 * Writes a text as a regular expression that matches it and nothing else, as
 * `RegExp.escape` does, which Node 22 does not have. For a place that is neither in a
 * class nor after a digit or a backslash.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new RegExp(`^${literalPattern("a.b*")}$`).test("a.b*"), true);
 * ```
 */
export function literalPattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
