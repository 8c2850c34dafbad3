import { terminalLine } from "../tools/data/untrusted_text.ts";
import type { Difference } from "../evidence/differences.ts";

const CONTEXT = 24;
const EXCERPT = 72;

/** Says where a file differs first: `PATH:LINE: expected …, found …`. */
export function describeDifference(
  { name: path, line, expected, found }: Difference,
): string {
  const name = terminalLine(path);
  if (line === 1 && expected === undefined) return `${name}: not expected here`;
  if (line === 1 && found === undefined) return `${name}: missing`;
  let same = 0;
  while (
    expected !== undefined && found !== undefined &&
    same < expected.length && expected[same] === found[same]
  ) same++;
  const from = Math.max(0, same - CONTEXT);
  const excerpt = (text: string | undefined) => {
    if (text === undefined) return "nothing";
    const cut = JSON.stringify(text.slice(from, from + EXCERPT));
    return from > 0 ? `…${cut}` : cut;
  };
  return `${name}:${line}: expected ${excerpt(expected)}, found ${
    excerpt(found)
  }`;
}
