import { join } from "../../deps.ts";
import type { ArtifactEntry, ArtifactSource } from "../artifact_source.ts";
import { storedSandbox } from "./stored_sandbox.ts";
import { openRegularFile } from "./regular_file.ts";

/**
 * Reads a run directory of any size, piece by piece. Links are not followed, and
 * only regular files with one name are opened. This module is one of the few
 * that touch the disk.
 */
export function storedRun(path: string): ArtifactSource {
  return {
    entries: () =>
      [...Deno.readDirSync(path)].map(({ name }) =>
        entryOf(name, Deno.lstatSync(join(path, name)))
      ),
    *chunks(name) {
      using file = openRegularFile(join(path, name));
      yield* file.chunks();
    },
    sandbox: storedSandbox(join(path, "sandbox")),
  };
}

function entryOf(name: string, info: Deno.FileInfo): ArtifactEntry {
  if (info.isDirectory) return { name, kind: "directory" };
  return info.isFile
    ? { name, kind: "file", bytes: info.size, names: info.nlink ?? 1 }
    : { name, kind: "other" };
}
