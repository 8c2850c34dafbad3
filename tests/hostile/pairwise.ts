/**
 * Picks cases that have every pair of factors which any of the cases has: most
 * faults depend on one factor or on two that meet. The first case of a pair is
 * picked, so the choice is the same each time.
 */
export function pairwise<Case>(
  cases: readonly Case[],
  factorsOf: (given: Case) => readonly (string | null)[],
): readonly Case[] {
  const seen = new Set<string>();
  return cases.filter((each) => {
    const before = seen.size;
    const factors = factorsOf(each);
    for (const [at, one] of factors.entries()) {
      for (const [past, other] of factors.slice(at + 1).entries()) {
        seen.add(JSON.stringify([at, one, at + 1 + past, other]));
      }
    }
    return seen.size > before;
  });
}
