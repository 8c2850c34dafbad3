import { counted } from "../../tools/data/counted.ts";

/** How many items a report lists at most; the trace of a long run has all of them. */
const MAX_ITEMS = 200;

/** A list that keeps its first items and counts the others. */
export interface BoundedList<T> {
  readonly items: readonly T[];
  add(item: T): void;
  /** A paragraph with the number of omitted items; empty when there are none. */
  rest(noun: string): string;
}

/** Starts a list of at most `max` items. Default: 200. */
export function boundedList<T>(max = MAX_ITEMS): BoundedList<T> {
  const items: T[] = [];
  let left = 0;
  return {
    items,
    add(item) {
      if (items.length < max) items.push(item);
      else left += 1;
    },
    rest(noun) {
      return left === 0
        ? ""
        : `\n\nThe trace has what is left out here: ${
          counted(left, `more ${noun}`)
        }.`;
    },
  };
}
