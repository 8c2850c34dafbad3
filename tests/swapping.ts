/**
 * Swaps the entry at the first path for the one at the second and back, by
 * renames, as fast as it can and with rests in between, for as many milliseconds
 * as the third argument says. The second is a link; it is made anew when the
 * other side has replaced it.
 *
 * @module
 */

const [place = "", other = "", milliseconds = "0"] = Deno.args;
const aside = `${other}.aside`;
const target = Deno.readLinkSync(other);

/** Swaps in a burst are dense enough to fall between two calls of the other side. */
const BURST_MS = 8;
/** Rests, on either side, are long enough for something to be done or refused. */
const REST_MS = 4;

let evicted = 0;

function swap(): void {
  move(place, aside);
  move(other, place);
  move(aside, other);
}

/** The other side may make a directory anew while there is none. */
function move(from: string, to: string): void {
  while (!isMoved(from, to)) {
    Deno.renameSync(to, `${other}.evicted${evicted++}`);
  }
}

function isMoved(from: string, to: string): boolean {
  try {
    Deno.renameSync(from, to);
    return true;
  } catch {
    return false;
  }
}

let isSwapped = false;

function swapUntil(end: number): void {
  while (performance.now() < end) {
    swap();
    isSwapped = !isSwapped;
  }
}

function renewLink(): void {
  if (Deno.lstatSync(other).isSymlink) return;
  Deno.renameSync(other, `${other}.evicted${evicted++}`);
  Deno.symlinkSync(target, other);
}

const end = performance.now() + Number(milliseconds);
while (performance.now() < end) {
  swapUntil(performance.now() + Math.random() * BURST_MS);
  if (!isSwapped) renewLink();
  await new Promise((resolve) => setTimeout(resolve, Math.random() * REST_MS));
}
if (isSwapped) swap();
