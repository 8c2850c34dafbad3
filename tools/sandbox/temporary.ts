import { join } from "../../deps.ts";

/** How often a removal is tried: first without a wait, then once a millisecond. */
const REMOVALS = { atOnce: 100, later: 100 };

/** A name that cannot be guessed, so that an entry with this name is ours. */
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
 * Removes an entry with a random name. While another program swaps a directory
 * on the way, the path leads to the entry only now and then, so the removal is
 * tried again; `isGone` says when to stop (default: once something was removed).
 * Returns whether it succeeded.
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
