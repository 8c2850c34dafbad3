import { join, relative } from "../../../deps.ts";
import { sha256 } from "../../../tools/data/sha256.ts";
import { entryAt } from "../entry_at.ts";
import { readRegularFile, whyNotRegular } from "../regular_file.ts";
import { walkSync } from "../walk.ts";

/** A file of a sandbox that is not as it was. */
export interface FileChange {
  /** Below the sandbox, with slashes. */
  readonly path: string;
  /** Its bytes now; `undefined` when it was removed. */
  readonly content: Uint8Array | undefined;
}

/** How large a file may be that is kept, in bytes. */
const MAX_FILE_BYTES = 2 ** 26;

/** A file that was changed so recently may change again with the same time, in milliseconds. */
const RECENT_MS = 2000;

interface Seen {
  /** Size, times and number of the file. */
  readonly stamp: string;
  readonly sha256: string;
  /** Whether the stamp was too young to tell later changes by. */
  readonly isRecent: boolean;
}

/**
 * Follows the files below a directory: each call returns those that changed since
 * the one before, the first those that are there. Only regular files with one
 * name count. A file is read again when its stamp differs or was young, so that
 * no change within one tick of the file system's clock is missed. This module is
 * one of the few that touch the disk.
 *
 * The returned function throws when a file is too large to be kept, or cannot be
 * read.
 */
export function sandboxChanges(root: string): () => readonly FileChange[] {
  let before: ReadonlyMap<string, Seen> = new Map();
  return () => {
    const now = new Map<string, Seen>();
    const changes: FileChange[] = [];
    for (const path of filesBelow(root)) {
      const info = entryAt(join(root, path));
      if (info === undefined || whyNotRegular(info) !== undefined) continue;
      const old = before.get(path);
      const stamp = stampOf(info);
      if (old !== undefined && old.stamp === stamp && !old.isRecent) {
        now.set(path, old);
        continue;
      }
      const content = readRegularFile(join(root, path), {
        maxBytes: MAX_FILE_BYTES,
      });
      const digest = sha256(content);
      const changedAt = Math.max(
        info.mtime?.getTime() ?? Infinity,
        info.ctime?.getTime() ?? Infinity,
      );
      const isRecent = Date.now() - changedAt < RECENT_MS;
      now.set(path, { stamp, sha256: digest, isRecent });
      if (old?.sha256 !== digest) changes.push({ path, content });
    }
    for (const path of before.keys()) {
      if (!now.has(path)) changes.push({ path, content: undefined });
    }
    before = now;
    return changes;
  };
}

function stampOf({ size, mtime, ctime, ino }: Deno.FileInfo): string {
  return [size, mtime?.getTime(), ctime?.getTime(), ino].join(" ");
}

function filesBelow(root: string): readonly string[] {
  if (entryAt(root)?.isDirectory !== true) return [];
  const options = { includeDirs: false, includeSymlinks: false };
  return [...walkSync(root, options)].map(({ path }) => relative(root, path));
}
