import { join, relative } from "../../deps.ts";
import { walkSync } from "./walk.ts";
import type { SandboxSource } from "../artifact_source.ts";
import { entryAt } from "./entry_at.ts";
import { openRegularFile, whyNotRegular } from "./regular_file.ts";

/**
 * Reads files below a directory whose content is not trusted. Links are not
 * followed, not even on the way. This module is one of the few that touch the
 * disk.
 */
export function storedSandbox(root: string): SandboxSource {
  return {
    look(path) {
      const info = entryBelow(root, path);
      if (info === undefined) return { kind: "nothing" };
      return info.isFile && whyNotRegular(info) === undefined
        ? { kind: "file", bytes: info.size }
        : { kind: "other" };
    },
    *chunks(path) {
      using file = openRegularFile(join(root, path));
      yield* file.chunks();
    },
    *files(folder) {
      const info = entryBelow(root, folder);
      if (info?.isDirectory !== true) return;
      const options = { includeDirs: false, includeSymlinks: false };
      for (const { path } of walkSync(join(root, folder), options)) {
        yield relative(root, path);
      }
    },
  };
}

/**
 * The entry at a path that leads through directories only; a link on the way
 * counts as an obstacle.
 */
function entryBelow(root: string, path: string): Deno.FileInfo | undefined {
  let place = root;
  let info = entryAt(root);
  for (const name of path.split("/")) {
    if (info?.isDirectory !== true) return info;
    place = join(place, name);
    info = entryAt(place);
  }
  return info;
}
