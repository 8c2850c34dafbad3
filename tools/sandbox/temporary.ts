import { join } from "../../deps.ts";

/** How often a leftover is looked for: at once, and then once a millisecond. */
const REMOVALS = { atOnce: 100, later: 100 };

/** A name that cannot be guessed beforehand, so that what bears it is ours. */
export function randomName(directory: string): string {
  return join(directory, `.${crypto.randomUUID()}.tmp`);
}

/** Opens a new, empty file under a random name. */
export async function openNew(temporary: string): Promise<Deno.FsFile> {
  try {
    return Deno.openSync(temporary, { write: true, createNew: true });
  } catch (error) {
    await remove(temporary, () => true);
    throw error;
  }
}

/**
 * Removes what bears a random name. When a directory on the way is swapped at
 * times, the path leads to it at times, so it is tried again; `isGone` says
 * whether that is enough (default: once something was removed). Returns whether
 * it was enough in the end.
 */
export async function remove(
  temporary: string,
  isGone: (removed: boolean) => boolean = (removed) => removed,
): Promise<boolean> {
  for (let count = 0; count < REMOVALS.atOnce + REMOVALS.later; count++) {
    if (count >= REMOVALS.atOnce) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    if (isGone(wasRemoved(temporary))) return true;
  }
  return false;
}

function wasRemoved(path: string): boolean {
  try {
    Deno.removeSync(path);
    return true;
  } catch {
    return false;
  }
}
