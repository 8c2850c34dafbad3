import type { RunEvent } from "../runtime/event.ts";
import { spellPath } from "../policy/spell_path.ts";

/** The first place where two events differ. */
export interface EventDifference {
  /** Leads there: `facts.paths[0].kind`; empty for the whole event. */
  readonly path: string;
  /** What stands there in the one event; `undefined` for nothing. */
  readonly expected: unknown;
  /** What stands there in the other. */
  readonly found: unknown;
}

/**
 * Finds the first place where two events differ, in the order of the expected
 * one's keys; of two types, nothing but these is compared. Keys of the event
 * that are in `without` are left out.
 */
export function eventDifference(
  expected: RunEvent | undefined,
  found: RunEvent | undefined,
  without: ReadonlySet<string> = new Set(),
): EventDifference | undefined {
  const types = [expected?.type, found?.type] as const;
  if (types[0] !== types[1] && !types.includes(undefined)) {
    return { path: "type", expected: types[0], found: types[1] };
  }
  return difference(stripped(expected, without), stripped(found, without));
}

function stripped(event: RunEvent | undefined, keys: ReadonlySet<string>) {
  return event === undefined || keys.size === 0 ? event : Object.fromEntries(
    Object.entries(event).filter(([key]) => !keys.has(key)),
  );
}

/** Two values at the same place of two documents. */
interface Pair {
  readonly expected: unknown;
  readonly found: unknown;
  readonly above: Pair | undefined;
  readonly step: PropertyKey;
}

/** Without recursion, since what tools return may be nested as deeply as they like. */
function difference(
  expected: unknown,
  found: unknown,
): EventDifference | undefined {
  const open: Pair[] = [{ expected, found, above: undefined, step: "" }];
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const { expected, found } = pair;
    const isList = Array.isArray(expected);
    if (
      !isTree(expected) || !isTree(found) || isList !== Array.isArray(found)
    ) {
      if (Object.is(expected, found)) continue;
      return { path: spellPath(pathOf(pair)), expected, found };
    }
    const keys = new Set([...Object.keys(expected), ...Object.keys(found)]);
    for (const key of [...keys].reverse()) {
      open.push({
        expected: own(expected, key),
        found: own(found, key),
        above: pair,
        step: isList ? Number(key) : key,
      });
    }
  }
}

function isTree(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Keys come from models and tools, so what an object inherits does not count. */
function own(tree: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(tree, key)?.value;
}

function pathOf(pair: Pair): readonly PropertyKey[] {
  const path: PropertyKey[] = [];
  for (let at = pair; at.above !== undefined; at = at.above) path.push(at.step);
  return path.reverse();
}
