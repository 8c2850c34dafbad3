import { isProxy } from "node:util/types";
import type { Json } from "./json.ts";

/** How deep a value may be nested. */
const MAX_DEPTH = 256;
/** How much it may hold: 1 for each value and each character of a string or key. */
const MAX_SIZE = 8 * 2 ** 20;

/**
 * Copies a value that is plain data throughout, as `JSON.parse` would have made
 * it, without running any of its code. Its maker cannot change the copy
 * afterwards. `undefined` for everything else: accessors, proxies, instances of
 * a class, functions, `undefined` itself, symbols, bigints, symbol keys, hidden
 * keys, holes in a list, NaN and infinities, cycles, and what is nested deeper
 * than 256 levels or larger than 8 Mi values and characters.
 */
export function asPlainJson(value: unknown): Json | undefined {
  return copy(value, { depth: 0, budget: { left: MAX_SIZE } });
}

interface Reach {
  readonly depth: number;
  /** Shared by the whole copy, since a value may occur in many places. */
  readonly budget: { left: number };
}

function copy(value: unknown, reach: Reach): Json | undefined {
  reach.budget.left -= 1 + (typeof value === "string" ? value.length : 0);
  if (reach.budget.left < 0 || reach.depth > MAX_DEPTH) return undefined;
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      // JSON knows no negative zero: its text is `0`.
      return Number.isFinite(value) ? value + 0 : undefined;
    case "object":
      if (value === null) return null;
      if (isProxy(value)) return undefined;
      return Array.isArray(value)
        ? copyList(value, reach)
        : copyObject(value, reach);
    default:
      return undefined;
  }
}

function copyList(
  list: readonly unknown[],
  { depth, budget }: Reach,
): Json | undefined {
  // Beside its items it has its own `length`, and no hole.
  const isPlain = Object.getPrototypeOf(list) === Array.prototype &&
    Reflect.ownKeys(list).length === list.length + 1;
  if (!isPlain) return undefined;
  const items: Json[] = [];
  for (let index = 0; index < list.length; index++) {
    const item = copy(dataOf(list, index), { depth: depth + 1, budget });
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}

function copyObject(
  object: object,
  { depth, budget }: Reach,
): Json | undefined {
  const prototype = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  const entries: [string, Json][] = [];
  for (const key of Reflect.ownKeys(object)) {
    if (typeof key !== "string") return undefined;
    budget.left -= key.length;
    const child = copy(dataOf(object, key), { depth: depth + 1, budget });
    if (child === undefined) return undefined;
    entries.push([key, child]);
  }
  // Unlike an assignment, this makes `__proto__` a key like any other.
  return Object.fromEntries(entries);
}

/** The value of a key that is an enumerable data property. */
function dataOf(holder: object, key: PropertyKey): unknown {
  const property = Object.getOwnPropertyDescriptor(holder, key);
  return property?.enumerable ? property.value : undefined;
}
