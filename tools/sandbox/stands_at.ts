import { entry, stepsTo, type Way } from "./place.ts";

/** Random lookups for each step of a path. */
const LOOKUPS = 16;

/**
 * A directory is calm when its last change is longer ago than this. Deno gives
 * that time in whole seconds.
 */
const CALM_MS = 2_000;

/** A place, and what was seen on the way to it before anything was opened. */
export interface SeenPlace {
  readonly place: string;
  readonly root: string;
  /** Every directory on the way, and the entry at `place`, if there was one. */
  readonly way: Way;
}

/**
 * Whether `thing`, a directory or a file with one link, is at `place` inside
 * `root`, with no link on the way, and with the same entries on the way as seen
 * before. An attacker who swaps entries must not be able to change the root's
 * own path.
 *
 * Each lookup walks the path anew. So a directory can be swapped for another, or
 * for a link, during one lookup and swapped back before the next: asking first
 * where a path leads and then what is there can be deceived by two swaps. What
 * helps:
 *
 * - A lookup does not follow the last step, so a single step needs one lookup.
 * - A swap changes the directory in which it happens. When the directories on
 *   the way were calm before and show the same time of change after, there was
 *   no swap.
 * - Otherwise, a step that is not really inside the one before it cannot be
 *   found at the same moment as that one. So the step to look up is drawn at
 *   random, and an attacker has to guess each draw: with `n` steps each of 16n
 *   lookups detects the swap with probability 1/n.
 */
export function standsAt(
  thing: Deno.FileInfo,
  { place, root, way }: SeenPlace,
): boolean {
  if (!isSame(thing, way.get(place) ?? thing)) return false;
  const steps = stepsTo(place, root);
  const holders = [root, ...steps].slice(0, -2);
  const now = Date.now();
  const calm = holders.map((at) => ({ at, since: calmSince(at, now) }));
  const isAsSeen = (step: number) => {
    const at = steps[step] ?? root;
    return isSame(entry(at), at === place ? thing : way.get(at));
  };
  if (!steps.every((_, step) => isAsSeen(step))) return false;
  // From the last to the first: each was reached through those before it.
  const wasCalm = calm.toReversed().every(({ at, since }) =>
    since !== undefined && since === calmSince(at, now)
  );
  if (wasCalm) return true;
  const draws = crypto.getRandomValues(new Uint32Array(LOOKUPS * steps.length));
  return draws.every((draw) => isAsSeen(draw % steps.length));
}

function isSame(
  now: Deno.FileInfo | undefined,
  seen: Deno.FileInfo | undefined,
): boolean {
  return now !== undefined && seen !== undefined &&
    now.dev === seen.dev && now.ino === seen.ino &&
    // A second link is a second place, which may be outside.
    (now.isDirectory || now.isFile && now.nlink === 1);
}

/** When a directory was last changed, unless that was just before `now`. */
function calmSince(directory: string, now: number): number | undefined {
  const changed = entry(directory)?.ctime?.getTime();
  return changed !== undefined && now - changed > CALM_MS ? changed : undefined;
}
