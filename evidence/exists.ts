/**
 * Whether something stands at a path, a link that leads nowhere included. This module is
 * one of the few that touch the disk.
 */
export function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
