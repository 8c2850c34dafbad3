import { compilePattern, type Pattern } from "../../tools/data/pattern.ts";

const PATTERNS = new Map<string, Pattern>();
const MAX_PATTERNS = 1000;

/** A pattern that is compiled once, however many calls are judged. */
export function knownPattern(expression: string): Pattern {
  const pattern = PATTERNS.get(expression) ?? compilePattern(expression);
  if (PATTERNS.size < MAX_PATTERNS) PATTERNS.set(expression, pattern);
  return pattern;
}

/** Whether a pattern is found in a text. */
export function isFound(pattern: Pattern, text: string): boolean {
  for (const _ of pattern.matches(text)) return true;
  return false;
}
