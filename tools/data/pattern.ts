import { compileRe2 } from "./re2.ts";

/** A part of a text: from `start` up to `end`, in UTF-16 code units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A compiled regular expression. */
export interface Pattern {
  /** How many instructions it has; a search takes at most so many steps a character. */
  readonly size: number;
  /** Whether its first match in `a` or in an empty text is empty, as with `\b`. */
  readonly matchesEmpty: boolean;
  /**
   * Finds every match, from left to right, none within another; some may be empty.
   * Each is a search of its own, of at most `size` steps a character.
   */
  readonly matches: (text: string) => Iterable<Span>;
}

/**
 * Compiles a regular expression of RE2's syntax
 * (https://github.com/google/re2/wiki/Syntax). No text makes a search backtrack.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const { matches } = compilePattern("sk-[0-9]+");
 * assertEquals([...matches("a sk-12")], [{ start: 2, end: 7 }]);
 * ```
 *
 * @throws {Error} when it is not such an expression
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
    *matches(text) {
      const matcher = compiled.matcher(text);
      while (matcher.find()) {
        yield { start: matcher.start(), end: matcher.end() };
      }
    },
  };
}
