/** A value with its place. */
export interface Placed {
  readonly value: string;
  readonly path: string;
}

/** The values of a list that should all be equal, and are not. */
export interface OddOnesOut {
  /** The most common value; the first one if several are equally common. */
  readonly usual: string;
  /** Where another value stands, in order. */
  readonly paths: readonly string[];
}

/**
 * Finds the values that differ from the most common one, so that one wrong value
 * is found at its place, even at the first.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const values = [{ value: "b", path: "0" }, { value: "a", path: "1" }, {
 *   value: "a",
 *   path: "2",
 * }];
 * assertEquals(oddOnesOut(values), { usual: "a", paths: ["0"] });
 * ```
 */
export function oddOnesOut(values: readonly Placed[]): OddOnesOut {
  const counts = new Map<string, number>();
  for (const { value } of values) {
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  let usual = "";
  let most = 0;
  for (const [value, count] of counts) {
    if (count > most) [usual, most] = [value, count];
  }
  const odd = values.filter(({ value }) => value !== usual);
  return { usual, paths: odd.map(({ path }) => path) };
}
