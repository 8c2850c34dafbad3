/** Measures something once: the milliseconds that it took. */
export type Measure = () => number | Promise<number>;

/** Two things to be compared, on the same machine and in the same moments. */
export interface Compared {
  readonly work: Measure;
  /** What it is compared with: something whose cost is known to be in order. */
  readonly unit: Measure;
  /** As many times as long as `unit` is in order; nothing is measured on after that. */
  readonly limit: number;
}

/** After fewer rounds, one slow `unit` could let everything pass. */
const LEAST_ROUNDS = 3;

/** Whatever else the machine does only ever adds, so the best of these counts. */
const ROUNDS = 60;

/** A busy machine does not make that much of it; what is quadratic does, and would take for ever. */
const HOPELESS = 10;

/**
 * How many times as long as `unit` `work` takes. The two take turns and the least
 * time of each counts, so that neither a slow machine nor a busy one decides.
 */
export async function timesAsLong(
  { work, unit, limit }: Compared,
): Promise<number> {
  let ratio = Infinity;
  const least = { work: Infinity, unit: Infinity };
  for (let round = 1; round <= ROUNDS; round++) {
    least.unit = Math.min(least.unit, await unit());
    least.work = Math.min(least.work, await work());
    ratio = least.work / least.unit;
    if (round < LEAST_ROUNDS) continue;
    if (ratio <= limit || ratio > HOPELESS * limit) break;
  }
  return ratio;
}

/** Makes the measure of a function. */
export function clocked(run: () => unknown): Measure {
  return async () => {
    const start = performance.now();
    const result = run();
    if (result instanceof Promise) await result;
    return performance.now() - start;
  };
}
