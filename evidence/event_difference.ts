import type { RunEvent } from "../runtime/event.ts";
import { spellPath } from "../policy/spell_path.ts";

/** The first place where two events differ. */
export interface EventDifference {
  /** Leads there: `facts.paths[0].kind`; empty for the whole event. */
  readonly path: string;
  /** What stands there; `undefined` for nothing. */
  readonly expected: unknown;
  readonly found: unknown;
}

/**
 * Finds the first place where two events differ, in the order of the expected
 * one's keys. Keys of the event that are in `without` are not compared.
 */
export function eventDifference(
  expected: RunEvent | undefined,
  found: RunEvent | undefined,
  without: ReadonlySet<string> = new Set(),
): EventDifference | undefined {
  return difference(stripped(expected, without), stripped(found, without), []);
}

function stripped(event: RunEvent | undefined, keys: ReadonlySet<string>) {
  return event === undefined || keys.size === 0 ? event : Object.fromEntries(
    Object.entries(event).filter(([key]) => !keys.has(key)),
  );
}

function difference(
  expected: unknown,
  found: unknown,
  path: readonly PropertyKey[],
): EventDifference | undefined {
  if (!isTree(expected) || !isTree(found)) {
    return Object.is(expected, found)
      ? undefined
      : { path: spellPath(path), expected, found };
  }
  const isList = Array.isArray(expected);
  const keys = new Set([...Object.keys(expected), ...Object.keys(found)]);
  for (const key of keys) {
    const step = isList ? Number(key) : key;
    const inner = difference(
      Reflect.get(expected, key),
      Reflect.get(found, key),
      [...path, step],
    );
    if (inner !== undefined) return inner;
  }
}

function isTree(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
