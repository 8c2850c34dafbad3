/** The value below which a part of some values lie: `0.5` for the median. */
export function percentile(values: readonly number[], part: number): number {
  const ordered = values.toSorted((a, b) => a - b);
  const index = Math.min(ordered.length - 1, Math.floor(ordered.length * part));
  return ordered[index] ?? NaN;
}
