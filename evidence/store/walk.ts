import { walkSync as walk } from "npm:deno-std@1.3.1/fs/walk.js";

/** Lists what is below a folder, folder by folder; throws when one cannot be read. */
export const walkSync: (
  root: string,
  options: {
    readonly includeDirs: boolean;
    readonly includeSymlinks: boolean;
  },
) => Iterable<{ readonly path: string }> = walk;
