import type { RunEvent } from "../../runtime/record/event.ts";
import {
  type ValueDifference,
  valueDifference,
} from "../../tools/data/value_difference.ts";

/**
 * Finds the first place where two events differ, in the order of the expected
 * one's keys; if the types differ, only the types are compared. Keys of the
 * event that are in `without` are left out.
 */
export function eventDifference(
  expected: RunEvent | undefined,
  found: RunEvent | undefined,
  without: ReadonlySet<string> = new Set(),
): ValueDifference | undefined {
  const types = [expected?.type, found?.type] as const;
  if (types[0] !== types[1] && !types.includes(undefined)) {
    return { path: "type", expected: types[0], found: types[1] };
  }
  return valueDifference(stripped(expected, without), stripped(found, without));
}

function stripped(event: RunEvent | undefined, keys: ReadonlySet<string>) {
  return event === undefined || keys.size === 0 ? event : Object.fromEntries(
    Object.entries(event).filter(([key]) => !keys.has(key)),
  );
}
