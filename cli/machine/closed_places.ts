import { dirname, join } from "../../deps.ts";
import { entry, isWithin } from "../../tools/sandbox/place.ts";

/**
 * The places in a directory that no governed tool may touch, as `directorySandbox`
 * asks for them: the given files, such as the policy, and every folder that has the
 * record of a run, with the answers of persons, but for the sandbox of that run. So
 * an agent cannot change what it is judged by, or what is on record of it.
 */
export function closedPlaces(
  { root, files }: {
    readonly root: string;
    readonly files: readonly string[];
  },
): (place: string) => boolean {
  const closed = new Set(files.flatMap(realPath));
  const [top = root] = realPath(root);
  return (place) => closed.has(place) || isOfRun(place, top);
}

/** Whether a place is a folder with a ledger, or below one and not in its sandbox. */
function isOfRun(place: string, root: string): boolean {
  for (let folder = place; isWithin(folder, root); folder = dirname(folder)) {
    const isRun = entry(join(folder, "state.jsonl")) !== undefined;
    if (isRun && !isWithin(place, join(folder, "sandbox"))) return true;
    if (folder === root) return false;
  }
  return false;
}

/** Where a path leads; nothing when it leads nowhere, as a pipe does that was given as a file. */
function realPath(path: string): readonly string[] {
  try {
    return [Deno.realPathSync(path)];
  } catch {
    return [];
  }
}
