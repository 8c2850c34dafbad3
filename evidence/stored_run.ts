import { join } from "../deps.ts";
import type { ArtifactSource } from "./artifact_source.ts";

const CHUNK_SIZE = 2 ** 18;

/**
 * Reads a run directory, piece by piece, whatever its size. Links are not
 * followed. This module is one of the few that touch the disk.
 */
export function storedRun(path: string): ArtifactSource {
  return {
    entries: () =>
      [...Deno.readDirSync(path)].map(({ name, isFile, isDirectory }) => ({
        name,
        kind: isFile ? "file" : isDirectory ? "directory" : "other",
      })),
    *chunks(name) {
      using file = Deno.openSync(join(path, name));
      const buffer = new Uint8Array(CHUNK_SIZE);
      for (
        let length = file.readSync(buffer);
        length !== null;
        length = file.readSync(buffer)
      ) yield buffer.subarray(0, length);
    },
  };
}
