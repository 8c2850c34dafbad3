import { entryAt } from "./entry_at.ts";
import {
  exchanged,
  readRegularFile,
  refuseOther,
  type RegularFileOptions,
} from "./regular_file.ts";

/** A file to which whole lines are added at its end; others may add some too. */
export interface AppendedFile extends Disposable {
  /**
   * Takes the lock until the file is disposed of; `false` when another process
   * holds it.
   */
  tryLock(): boolean;
  /** What it holds now. */
  read(): Uint8Array<ArrayBuffer>;
  /** Adds bytes at its end. */
  append(bytes: Uint8Array): void;
}

/** How often to look again when the file appears or goes away while it is opened. */
const TRIES = 3;

/**
 * Opens a file of a run directory to add to it, and creates it when it is not
 * there. Links, pipes and devices are not opened, and the opened file must be
 * the one that was checked. This module is one of the few that touch the disk.
 *
 * @throws {Error} when it is not a regular file with one name, or too large; it says which
 */
export function appendedFile(
  path: string,
  options: RegularFileOptions & { readonly maxBytes: number },
): AppendedFile {
  const file = openForAppending(path, options);

  function isStillThere(): boolean {
    const [now, opened] = [entryAt(path), file.statSync()];
    return now?.dev === opened.dev && now.ino === opened.ino;
  }

  return {
    tryLock() {
      if (!file.tryLockSync(true)) return false;
      if (isStillThere()) return true;
      throw exchanged();
    },
    read: () => readRegularFile(path, options),
    append(bytes) {
      const { size } = file.statSync();
      if (size + bytes.length > options.maxBytes) {
        throw new Error(
          `it has ${size} bytes, and its limit is ${options.maxBytes}`,
        );
      }
      // One write, so that lines of two writers do not mix.
      for (let at = 0; at < bytes.length;) {
        at += file.writeSync(bytes.subarray(at));
      }
    },
    [Symbol.dispose]: () => file.close(),
  };
}

function openForAppending(
  path: string,
  options: RegularFileOptions,
): Deno.FsFile {
  for (let tries = 1;; tries++) {
    try {
      return openOnce(path, options);
    } catch (error) {
      const isGone = error instanceof Deno.errors.NotFound ||
        error instanceof Deno.errors.AlreadyExists;
      if (!isGone || tries === TRIES) throw error;
    }
  }
}

function openOnce(path: string, options: RegularFileOptions): Deno.FsFile {
  const before = entryAt(path);
  if (before === undefined) {
    // This follows no link and opens nothing that is there.
    return Deno.openSync(path, { append: true, createNew: true });
  }
  refuseOther(before, options);
  // Opening for both does not block, in case a pipe takes the file's place.
  const file = Deno.openSync(path, { read: true, append: true });
  const { dev, ino } = file.statSync();
  if (dev === before.dev && ino === before.ino) return file;
  file.close();
  throw exchanged();
}
