import type { Finding, FindingCode } from "./finding.ts";

/** Collects findings and limits their number for the reader. */
export interface FindingList {
  add(code: FindingCode, finding: Omit<Finding, "code">): void;
  /** What was found: the ledger first, since all else depends on it. */
  list(): readonly Finding[];
  /** How many more there were than are listed. */
  readonly unlisted: number;
}

/** How many findings of one code in one artifact are listed. */
const MAX_OF_A_CODE = 10;

const ORDER = ["state.jsonl", "trace.json", "run_report.md", "manifest.json"];

/**
 * Starts a list. A line of an artifact has one finding, the first, since others
 * mostly follow from it. Of each code in an artifact the first ten are listed
 * and the others counted.
 */
export function findingList(): FindingList {
  const listed: Finding[] = [];
  const numbers = new Map<string, number>();
  let unlisted = 0;
  return {
    add(code, finding) {
      const { artifact, line } = finding;
      const known = line !== undefined &&
        listed.some((each) => each.line === line && each.artifact === artifact);
      if (known) return;
      const kind = `${code} ${artifact}`;
      const number = (numbers.get(kind) ?? 0) + 1;
      numbers.set(kind, number);
      if (number > MAX_OF_A_CODE) unlisted += 1;
      else listed.push({ code, ...finding });
    },
    list: () =>
      listed.toSorted((a, b) =>
        rank(a) - rank(b) || (a.line ?? 0) - (b.line ?? 0)
      ),
    get unlisted() {
      return unlisted;
    },
  };
}

function rank({ artifact }: Finding): number {
  const place = ORDER.indexOf(artifact);
  return place < 0 ? ORDER.length : place;
}
