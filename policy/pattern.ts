import { compileRe2 } from "../deps.ts";

/** A part of a text: from `start` up to `end`, in UTF-16 code units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A regular expression, ready to be looked for. */
export interface Pattern {
  /** How many instructions it has; a search takes so many steps a character at the most. */
  readonly size: number;
  /** Whether it matches nothing at all somewhere, as `a*` and `\b` do. */
  readonly matchesEmpty: boolean;
  /**
   * Finds every match that is not empty, from left to right, none within another.
   * Where there are more than can be found in time, the text is one match.
   */
  readonly matches: (text: string) => readonly Span[];
}

/**
 * How many steps may go into a text. One search takes a time that grows with its
 * length, but each match takes a search of its own, and with `a[^z]*z|a` each of
 * them looks ahead to the end: so there is a limit, a few seconds' worth.
 */
const MAX_STEPS = 2 ** 28;

/**
 * Compiles a regular expression of RE2's syntax
 * (https://github.com/google/re2/wiki/Syntax). No text makes a search backtrack.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const { matches } = compilePattern("sk-[0-9]+");
 * assertEquals(matches("a sk-12"), [{ start: 2, end: 7 }]);
 * ```
 *
 * @throws {Error} when it is no such expression
 */
export function compilePattern(expression: string): Pattern {
  const compiled = compileRe2(expression);
  const size = compiled.programSize();
  return {
    size,
    matchesEmpty: ["a", ""].some((text) => {
      const matcher = compiled.matcher(text);
      return matcher.find() && matcher.start() === matcher.end();
    }),
    matches(text) {
      const found: Span[] = [];
      const matcher = compiled.matcher(text);
      let left = MAX_STEPS / (size * text.length);
      while (matcher.find()) {
        left -= 1;
        if (left < 0) return [{ start: 0, end: text.length }];
        const [start, end] = [matcher.start(), matcher.end()];
        if (start < end) found.push({ start, end });
      }
      return found;
    },
  };
}
