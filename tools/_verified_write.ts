import { dirname, join } from "../deps.ts";
import { entry, stepsTo } from "./_place.ts";
import { notAFile, violation } from "./_refusal.ts";
import { standsAt } from "./_stands_at.ts";

/** How often a leftover is looked for: at once, and then once a millisecond. */
const REMOVALS = { atOnce: 100, later: 100 };

/** Where a text goes, and how its path was given. */
export interface Target {
  readonly path: string;
  /** Where it leads, inside `root`. */
  readonly real: string;
  readonly root: string;
}

/**
 * Replaces or creates a file. Directly in the root, whose own path nobody can
 * swap, a whole new file is renamed over the old one. Further down a rename
 * would not do, since the system walks its two paths one after the other, and
 * a directory that is swapped between these walks makes it move the text out.
 * There the text goes through the handle of a file that was verified before.
 */
export async function writeVerified(
  target: Target,
  text: string,
): Promise<number> {
  const { path, real, root } = target;
  const existing = entry(real);
  if (existing !== undefined && !(existing.isFile && existing.nlink === 1)) {
    throw notAFile("write", path);
  }
  const bytes = new TextEncoder().encode(text);
  if (dirname(real) === root) {
    await replaceInRoot(bytes, target);
  } else {
    // Opening may block for ever when the file was swapped for a FIFO, so it does not block the process.
    using file = existing === undefined
      ? await createEmpty(target)
      : await Deno.open(real, { write: true });
    if (!standsAt(real, root, file.statSync())) throw violation("write", path);
    writeAll(file, bytes);
    file.truncateSync(bytes.length);
  }
  return bytes.length;
}

async function replaceInRoot(
  bytes: Uint8Array,
  { real, root }: Target,
): Promise<void> {
  const temporary = randomName(root);
  using file = await openNew(temporary);
  try {
    writeAll(file, bytes);
    Deno.renameSync(temporary, real);
  } catch (error) {
    await remove(temporary, () => file.statSync().nlink === 0);
    throw error;
  }
}

/**
 * Creates an empty file below the root by way of one with a random name, since
 * only what bears such a name may be removed when it was made at a wrong place.
 */
async function createEmpty(
  { path, real, root }: Target,
): Promise<Deno.FsFile> {
  const parent = dirname(real);
  for (const step of stepsTo(parent, root)) {
    if (entry(step) === undefined) await makeDirectory(step, { path, root });
  }
  if (!standsAt(parent, root, entry(parent))) throw violation("write", path);
  const temporary = randomName(parent);
  const file = await openNew(temporary);
  try {
    if (!standsAt(temporary, root, file.statSync())) {
      throw violation("write", path);
    }
    // Unlike a rename, this never replaces what another process has made.
    Deno.linkSync(temporary, real);
    await remove(temporary, () => file.statSync().nlink !== 2);
    return file;
  } catch (error) {
    await remove(temporary, () => file.statSync().nlink === 0);
    file.close();
    throw error;
  }
}

async function makeDirectory(
  step: string,
  { path, root }: Pick<Target, "path" | "root">,
): Promise<void> {
  const parent = dirname(step);
  if (!standsAt(parent, root, entry(parent))) throw violation("write", path);
  const temporary = randomName(parent);
  Deno.mkdirSync(temporary);
  try {
    if (!standsAt(temporary, root, entry(temporary))) {
      throw violation("write", path);
    }
    Deno.renameSync(temporary, step);
  } catch (error) {
    await remove(temporary);
    // Another process has made it meanwhile, and put something into it.
    if (!entry(step)?.isDirectory) throw error;
  }
}

/** A name that nobody knows beforehand, so that what bears it is ours. */
function randomName(directory: string): string {
  return join(directory, `.${crypto.randomUUID()}.tmp`);
}

async function openNew(temporary: string): Promise<Deno.FsFile> {
  try {
    return Deno.openSync(temporary, { write: true, createNew: true });
  } catch (error) {
    await remove(temporary, () => true);
    throw error;
  }
}

/**
 * Removes what bears a random name. When a directory on the way is a link at
 * times, the path leads to it at times, so it is tried again; `isGone` says
 * whether that is enough (default: once something was removed).
 */
async function remove(
  temporary: string,
  isGone: (removed: boolean) => boolean = (removed) => removed,
): Promise<void> {
  for (let count = 0; count < REMOVALS.atOnce + REMOVALS.later; count++) {
    if (count >= REMOVALS.atOnce) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    if (isGone(wasRemoved(temporary))) return;
  }
}

function wasRemoved(path: string): boolean {
  try {
    Deno.removeSync(path);
    return true;
  } catch {
    return false;
  }
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}
