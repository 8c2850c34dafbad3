/**
 * The entry at a path, without following a link; `undefined` when there is none.
 * This module is one of the few that touch the disk.
 */
export function entryAt(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
