/**
 * What is played of a large space each day. With `--full` after `--`, as
 * `deno task test:full` gives it, it is the whole space.
 *
 * @module
 */
import { numberArgument } from "./properties/number_argument.ts";

/** Whether everything is played. */
export const IS_FULL = Deno.args.includes("--full");

/** What a sample depends on: `deno task test --seed N` takes another. */
export const SEED = numberArgument(Deno.args, "seed") ?? 1;

/** How a sample is called in the name of a test, with the seed that gives it again. */
export const SAMPLED = IS_FULL ? "all" : `sample of seed ${SEED}`;

/** Puts items in an order that depends on the seed alone. */
export function shuffled<Item>(
  items: readonly Item[],
  seed = SEED,
): readonly Item[] {
  let state = seed >>> 0;
  const mixed = [...items];
  for (let left = mixed.length; left > 1; left--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const at = Math.floor(state / 2 ** 32 * left);
    const [one] = mixed.splice(at, 1);
    if (one !== undefined) mixed.push(one);
  }
  return mixed;
}

/**
 * Draws items until each kind that any of them has was drawn, in the order of the
 * items; all of them where everything is played.
 */
export function ofEachKind<Item>(
  items: readonly Item[],
  kindsOf: (item: Item) => readonly string[],
  { seed = SEED, isFull = IS_FULL } = {},
): readonly Item[] {
  if (isFull) return items;
  const seen = new Set<string>();
  const drawn = new Set(
    shuffled(items, seed).filter((item) => {
      const before = seen.size;
      for (const kind of kindsOf(item)) seen.add(kind);
      return seen.size > before;
    }),
  );
  return items.filter((item) => drawn.has(item));
}

/** Draws so many items, in their order; all of them where everything is played. */
export function someOf<Item>(
  items: readonly Item[],
  count: number,
  { seed = SEED, isFull = IS_FULL } = {},
): readonly Item[] {
  if (isFull) return items;
  const places = shuffled([...items.keys()], seed).slice(0, count);
  return [...places].sort((one, other) => one - other)
    .flatMap((place) => items.slice(place, place + 1));
}
