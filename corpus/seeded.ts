/**
 * The seeded generator that the corpus draws its variable facts from.
 *
 * The algorithm is mulberry32 by Tommy Ettinger, who dedicated it to the public
 * domain (https://gist.github.com/tommyettinger/46a874533244883189143505d203312c):
 * a 32-bit counter stepped by 0x6D2B79F5 and mixed by two multiplications. It is
 * small, exact in integer arithmetic on every machine, and not for secrets.
 *
 * @module
 */

/** A stream of drawn facts; the same seed draws the same facts in the same order. */
export interface Draw {
  /** Draws a whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number;
  /** Draws one of `items`, which must not be empty. */
  pick<T>(items: readonly T[]): T;
}

function requireUint32(seed: number): void {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
    throw new RangeError(
      `Cannot seed the generator with "${seed}": use an integer from 0 to 4294967295`,
    );
  }
}

/**
 * Derives the seed of one named stream, so that streams do not disturb each
 * other: the 32-bit FNV-1a hash of `<seed>/<name>`, taken over UTF-16 units.
 */
export function deriveSeed(seed: number, name: string): number {
  requireUint32(seed);
  const text = `${seed}/${name}`;
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}

/**
 * Creates the generator for `seed`, an unsigned 32-bit integer.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(seeded(7).integer(1, 100), seeded(7).integer(1, 100));
 * ```
 */
export function seeded(seed: number): Draw {
  requireUint32(seed);
  let state = seed;

  function fraction(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x100000000;
  }

  function integer(min: number, max: number): number {
    if (!Number.isInteger(min) || !Number.isInteger(max) || min > max) {
      throw new RangeError(
        `Cannot draw from "${min}..${max}": the bounds must be ordered integers`,
      );
    }
    return min + Math.floor(fraction() * (max - min + 1));
  }

  function pick<T>(items: readonly T[]): T {
    if (items.length === 0) {
      throw new RangeError(`Cannot pick from "[]": the list is empty`);
    }
    const item = items[integer(0, items.length - 1)];
    if (item === undefined) {
      throw new TypeError(`Cannot pick "undefined": the list has a hole`);
    }
    return item;
  }

  return { integer, pick };
}
