import { quoted } from "../tools/data/untrusted_text.ts";

const BEFORE = 24;
const LENGTH = 72;

/** Says where a line of a file parts from what the ledger makes of it. */
export function differenceMessage(
  { expected, found }: {
    readonly expected: string | undefined;
    readonly found: string | undefined;
  },
): string {
  if (found === undefined) {
    return `the file ends here; the ledger gives ${excerpt(expected ?? "", 0)}`;
  }
  if (expected === undefined) {
    return `the file should end here; it goes on with ${excerpt(found, 0)}`;
  }
  if (expected === found) {
    return "the file ends in this line, which should end with a line break";
  }
  let same = 0;
  while (same < expected.length && expected[same] === found[same]) same += 1;
  return `the ledger gives ${excerpt(expected, same)}, the file has ${
    excerpt(found, same)
  }`;
}

function excerpt(line: string, at: number): string {
  const from = Math.max(0, at - BEFORE);
  const cut = quoted(line.slice(from, from + LENGTH));
  return from > 0 ? `…${cut}` : cut;
}
