import { lineExcerpt, lineExcerpts } from "../../tools/data/excerpt.ts";

/** Says where a line of a file differs from the one made from the ledger. */
export function differenceMessage(
  { expected, found }: {
    readonly expected: string | undefined;
    readonly found: string | undefined;
  },
): string {
  if (found === undefined) {
    return `the file ends here; the ledger gives ${
      lineExcerpt(expected ?? "")
    }`;
  }
  if (expected === undefined) {
    return `the file should end here; it continues with ${lineExcerpt(found)}`;
  }
  if (expected === found) {
    return "the file ends in this line, which should end with a line break";
  }
  const [want, have] = lineExcerpts(expected, found);
  return `the ledger gives ${want}, the file has ${have}`;
}
