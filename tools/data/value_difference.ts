import { spellPath } from "./spell_path.ts";

/** The first place where two values of JSON differ. */
export interface ValueDifference {
  /** Leads there: `facts.paths[0].kind`; empty for the whole value. */
  readonly path: string;
  /** The part there in the one value; `undefined` for none. */
  readonly expected: unknown;
  /** The part there in the other. */
  readonly found: unknown;
}

/** Two values at the same place of two documents. */
interface Pair {
  readonly expected: unknown;
  readonly found: unknown;
  readonly above: Pair | undefined;
  readonly step: PropertyKey;
}

/**
 * Finds the first place where two values differ, in the order of the expected
 * one's keys. Without recursion, since what tools return may be nested as deeply
 * as they like.
 */
export function valueDifference(
  expected: unknown,
  found: unknown,
): ValueDifference | undefined {
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

/** Keys come from models and tools, so inherited properties do not count. */
function own(tree: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(tree, key)?.value;
}

function pathOf(pair: Pair): readonly PropertyKey[] {
  const path: PropertyKey[] = [];
  for (let at = pair; at.above !== undefined; at = at.above) path.push(at.step);
  return path.reverse();
}
