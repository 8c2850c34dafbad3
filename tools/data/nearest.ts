/** From how many letters on a word may have two mistakes. */
const LONG = 8;

/** How many first letters identify a word, when no other begins with them. */
const MIN_PREFIX = 3;

/**
 * The known word that another one was probably meant to be: the same in another
 * case, or with one letter too many, missing, wrong or in the place of its
 * neighbour; of long words, with two of those. Otherwise the only known word
 * that begins with it. `undefined` when there is no such word.
 */
export function nearest(
  word: string,
  known: readonly string[],
): string | undefined {
  const lower = word.toLowerCase();
  const [best] = known.map((each) => ({
    each,
    mistakes: mistakes(lower, each.toLowerCase()),
  })).filter(({ mistakes }) => mistakes !== undefined)
    .toSorted((a, b) => (a.mistakes ?? 0) - (b.mistakes ?? 0));
  if (best !== undefined) return best.each;
  const begun = known.filter((each) => each.toLowerCase().startsWith(lower));
  return lower.length >= MIN_PREFIX && begun.length === 1
    ? begun[0]
    : undefined;
}

/** Asks whether a known word was meant, as the end of a sentence; empty when no word is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  return meant === undefined ? "" : `; did you mean "${meant}"?`;
}

/** How many mistakes turn one word into the other, if they are few for their length. */
function mistakes(word: string, known: string): number | undefined {
  const allowed = Math.min(word.length, known.length) < LONG ? 1 : 2;
  if (Math.abs(word.length - known.length) > allowed) return undefined;
  const distance = editDistance(word, known);
  return distance <= allowed && distance < known.length ? distance : undefined;
}

/** Letters that are inserted, left out, changed, or swapped with the next one. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number) => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] &&
        a[i - 2] === b[j - 1];
      row.push(Math.min(
        at(i - 1, j) + 1,
        at(i, j - 1) + 1,
        at(i - 1, j - 1) + (isSame ? 0 : 1),
        isSwap ? at(i - 2, j - 2) + 1 : Infinity,
      ));
    }
  }
  return at(a.length, b.length);
}
