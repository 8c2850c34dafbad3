import { dirname } from "../../deps.ts";
import { writeNewFile } from "./new_file.ts";
import { type Way, wayTo } from "./place.ts";
import { notAFile, violation } from "./refusal.ts";
import { standsAt } from "./stands_at.ts";
import { openNew, randomName, remove } from "./temporary.ts";
import { writeAll } from "./write_all.ts";
import type { WriteTarget } from "./write_target.ts";

/**
 * Replaces or creates a file. Directly in the root, whose own path an attacker
 * must not be able to change, a whole new file is renamed over the old one.
 * Further down a rename is not safe: the system walks its two paths one after
 * the other, and a directory that is swapped between these walks makes it move
 * the text elsewhere. There the text is written through the handle of a file
 * that was verified below the directories seen first.
 */
export async function writeVerified(
  target: WriteTarget,
  text: string,
): Promise<number> {
  const { path, place, root } = target;
  const way = wayTo(place, root);
  const existing = way.get(place);
  if (existing?.isSymlink) throw violation("write", path);
  if (existing !== undefined && !(existing.isFile && existing.nlink === 1)) {
    throw notAFile("write", path);
  }
  const bytes = new TextEncoder().encode(text);
  if (dirname(place) === root) await replaceInRoot(bytes, target);
  else if (existing === undefined) {
    await writeNewFile(bytes, { ...target, way });
  } else await overwrite(bytes, { ...target, way });
  return bytes.length;
}

async function overwrite(
  bytes: Uint8Array,
  { path, place, root, way }: WriteTarget & { readonly way: Way },
): Promise<void> {
  // Opening may wait for ever when the file was swapped for a FIFO, so it is
  // asynchronous.
  using file = await Deno.open(place, { write: true });
  if (!standsAt(file.statSync(), { place, root, way })) {
    throw violation("write", path);
  }
  writeAll(file, bytes);
  file.truncateSync(bytes.length);
}

async function replaceInRoot(
  bytes: Uint8Array,
  { place, root, left }: WriteTarget,
): Promise<void> {
  const temporary = randomName(root);
  using file = await openNew(temporary);
  try {
    writeAll(file, bytes);
    Deno.renameSync(temporary, place);
  } catch (error) {
    file.truncateSync(0);
    const isGone = () => file.statSync().nlink === 0;
    if (!await remove(temporary, isGone)) left("file", temporary);
    throw error;
  }
}
