/**
 * What stands at a path, a link itself included; `undefined` when nothing does. This
 * module is one of the few that touch the disk.
 */
export function entryAt(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
