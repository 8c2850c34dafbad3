import { dirname } from "../../deps.ts";
import { entry, stepsTo, type Way } from "./place.ts";
import { violation } from "./refusal.ts";
import { standsAt } from "./stands_at.ts";
import { openNew, randomName, remove } from "./temporary.ts";
import type { WriteTarget } from "./write_target.ts";
import { writeAll } from "./write_all.ts";

/** A file that is being made, with the directories that it needs. */
interface Making extends WriteTarget {
  /** What was seen on the way, and what was made there since. */
  readonly way: Map<string, Deno.FileInfo>;
  /** The directories that were made. */
  readonly made: string[];
}

/**
 * Writes a file below the root that does not exist yet. The file is first made
 * empty under a random name, since only a file with such a name may safely be
 * removed when it was made at a wrong place. It gets its text once it is
 * verified. A file that cannot be removed after a failure is reported, and is
 * empty.
 */
export async function writeNewFile(
  bytes: Uint8Array,
  { way, ...target }: WriteTarget & { readonly way: Way },
): Promise<void> {
  const making = { ...target, way: new Map(way), made: [] };
  const { place, root, left } = making;
  try {
    for (const step of stepsTo(dirname(place), root)) {
      if (!way.has(step)) {
        making.way.set(step, await makeDirectory(step, making));
      }
    }
    await fillNew(bytes, making);
  } catch (error) {
    for (const directory of making.made) left("directory", directory);
    throw error;
  }
}

async function fillNew(bytes: Uint8Array, making: Making): Promise<void> {
  const { place, left } = making;
  const parent = dirname(place);
  verify(parent, making.way.get(parent), making);
  const temporary = randomName(parent);
  using file = await openNew(temporary);
  const names = () => file.statSync().nlink ?? 0;
  /** How many names it has in addition to the random one. */
  let others = 0;
  try {
    verify(temporary, file.statSync(), making);
    // Unlike a rename, this never replaces what another process has made.
    Deno.linkSync(temporary, place);
    others = 1;
    await remove(temporary, () => names() <= others);
    verify(place, file.statSync(), making);
    writeAll(file, bytes);
  } catch (error) {
    file.truncateSync(0);
    await remove(temporary, () => names() <= others);
    if (names() > 0) left("file", others === 0 ? temporary : place);
    throw error;
  }
}

/** Makes one directory; one that another process makes meanwhile is as good. */
async function makeDirectory(
  step: string,
  making: Making,
): Promise<Deno.FileInfo> {
  const { way, made, left } = making;
  const parent = dirname(step);
  verify(parent, way.get(parent), making);
  const temporary = randomName(parent);
  Deno.mkdirSync(temporary);
  const directory = entry(temporary);
  try {
    verify(temporary, directory, making);
    Deno.renameSync(temporary, step);
  } catch (error) {
    if (!await remove(temporary)) left("directory", temporary);
    const theirs = entry(step);
    if (theirs?.isDirectory) return theirs;
    throw error;
  }
  made.push(step);
  return verify(step, directory, making);
}

/**
 * Returns the verified entry at a place; throws a violation when it changed or
 * was not seen before.
 */
function verify(
  place: string,
  thing: Deno.FileInfo | undefined,
  { path, root, way }: Making,
): Deno.FileInfo {
  if (thing !== undefined && standsAt(thing, { place, root, way })) {
    return thing;
  }
  throw violation("write", path);
}
