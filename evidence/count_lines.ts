import { oneLine } from "../tools/data/untrusted_text.ts";

/** How often something occurs. */
export interface Count {
  readonly name: string;
  readonly count: number;
}

/** How many lines a list of counts has. */
const MAX_LINES = 10;

/** Writes counts for people below a title, the first ten and the sum of the others; nothing where there are none. */
export function* countLines(
  title: string,
  counts: readonly Count[],
): Generator<string> {
  if (counts.length === 0) return;
  yield title;
  for (const { name, count } of counts.slice(0, MAX_LINES)) {
    yield `${String(count).padStart(8)}  ${oneLine(name)}`;
  }
  const left = counts.slice(MAX_LINES);
  if (left.length > 0) {
    const rest = left.reduce((sum, { count }) => sum + count, 0);
    yield `${String(rest).padStart(8)}  (${left.length} others)`;
  }
}
