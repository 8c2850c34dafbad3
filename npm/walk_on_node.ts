import { readdirSync } from "node:fs";
import { join } from "../deps.ts";
import { likeDeno } from "./system_error.ts";

/**
 * What `evidence/store/walk.ts` is in the published form for Node: its package
 * names the real `Deno`. Lists what is below a folder, folder by folder; follows no
 * link.
 */
export function* walkSync(
  root: string,
  { includeDirs, includeSymlinks }: {
    readonly includeDirs: boolean;
    readonly includeSymlinks: boolean;
  },
): Iterable<{ readonly path: string }> {
  if (includeDirs) yield { path: root };
  for (
    const entry of likeDeno(() => readdirSync(root, { withFileTypes: true }))
  ) {
    const path = join(root, entry.name);
    if (entry.isDirectory()) {
      yield* walkSync(path, { includeDirs, includeSymlinks });
    } else if (includeSymlinks || !entry.isSymbolicLink()) yield { path };
  }
}
