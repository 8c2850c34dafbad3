import { RE2JS } from "npm:re2js@2.10.0";

/** A compiled regular expression. */
export interface Re2 {
  /** How many instructions it has. */
  readonly programSize: () => number;
  /** Looks for it in a text, one match after the other. */
  readonly matcher: (text: string) => {
    readonly find: () => boolean;
    readonly start: () => number;
    readonly end: () => number;
  };
}

/** Compiles a regular expression of RE2's syntax; throws for any other. */
export const compileRe2: (pattern: string) => Re2 = (pattern) =>
  RE2JS.compile(pattern);
