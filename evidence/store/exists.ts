import { entryAt } from "./entry_at.ts";

/** Whether there is an entry at a path, including a dangling link. */
export function exists(path: string): boolean {
  return entryAt(path) !== undefined;
}
