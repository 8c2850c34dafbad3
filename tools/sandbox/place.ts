import { dirname, join, normalize } from "../../deps.ts";

/** Normalises by spelling alone; a slash at the end is dropped. */
export function tidy(path: string): string {
  const normal = normalize(path);
  return normal === "/" ? normal : normal.replace(/\/$/, "");
}

/** Whether a path is the root or below it, by spelling alone. */
export function isWithin(path: string, root: string): boolean {
  return path === root || path.startsWith(root === "/" ? root : `${root}/`);
}

/** Each path on the way from below the root down to `place`, which comes last. */
export function stepsTo(place: string, root: string): readonly string[] {
  const steps: string[] = [];
  for (let step = place; step !== root; step = dirname(step)) steps.push(step);
  return steps.reverse();
}

/**
 * The entry at each step of a path at one moment, without following links;
 * missing steps are left out.
 */
export type Way = ReadonlyMap<string, Deno.FileInfo>;

/** Looks at each step from the root down to `place`, which comes last. */
export function wayTo(place: string, root: string): Way {
  const way = new Map<string, Deno.FileInfo>();
  for (const step of [root, ...stepsTo(place, root)]) {
    const found = entry(step);
    if (found !== undefined) way.set(step, found);
  }
  return way;
}

/** The entry at a path itself, without following a link. */
export function entry(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch {
    return undefined;
  }
}

/**
 * The real path of `place`, or of its deepest existing ancestor followed by the
 * rest. `undefined` when it cannot be determined: a dangling link, a loop.
 */
export function realPlace(place: string): string | undefined {
  try {
    return Deno.realPathSync(place);
  } catch (error) {
    const missing = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    if (!missing || entry(place) !== undefined) return undefined;
    const parent = dirname(place);
    if (parent === place) return undefined;
    const real = realPlace(parent);
    return real === undefined
      ? undefined
      : join(real, place.slice(parent.length));
  }
}
