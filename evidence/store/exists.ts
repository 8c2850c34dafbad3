import { entryAt } from "./entry_at.ts";

/** Whether something stands at a path, a link that leads nowhere included. */
export function exists(path: string): boolean {
  return entryAt(path) !== undefined;
}
