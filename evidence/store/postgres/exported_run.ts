import { dirname, join } from "../../../deps.ts";
import type { ArtifactSource } from "../../artifact_source.ts";
import { cannotWrite } from "../file_error.ts";

/**
 * Writes everything of a run into a new directory, as an execution there leaves
 * it; the manifest comes last, so that a directory with one is whole. This module
 * is one of the few that touch the disk.
 *
 * @throws {InputError} when the directory is there, or cannot be written
 */
export function exportRun(source: ArtifactSource, directory: string): void {
  try {
    Deno.mkdirSync(dirname(directory), { recursive: true });
    Deno.mkdirSync(directory);
    Deno.mkdirSync(join(directory, "sandbox"));
    const files = source.sandbox?.files("") ?? [];
    for (const path of files) {
      const place = join(directory, "sandbox", path);
      Deno.mkdirSync(dirname(place), { recursive: true });
      writeNew(place, source.sandbox?.chunks(path) ?? []);
    }
    const names = source.entries()
      .flatMap(({ name, kind }) => kind === "file" ? [name] : [])
      .sort((a, b) => Number(a === LAST) - Number(b === LAST));
    for (const name of names) {
      writeNew(join(directory, name), source.chunks(name));
    }
  } catch (cause) {
    throw cannotWrite("the run there", directory, cause);
  }
}

const LAST = "manifest.json";

function writeNew(path: string, chunks: Iterable<Uint8Array>): void {
  using file = Deno.openSync(path, { write: true, createNew: true });
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      at += file.writeSync(chunk.subarray(at));
    }
  }
}
