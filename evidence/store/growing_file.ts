import { exchanged, refuseOther } from "./regular_file.ts";

/**
 * A file that grows at its end until it is disposed of; no other process writes
 * to it meanwhile.
 */
export interface GrowingFile extends Disposable {
  /**
   * Hands bytes to the operating system, so that they survive the process. When
   * that fails, the file ends where it ended before.
   */
  append(bytes: Uint8Array): void;
  /** Returns when all bytes survive a power cut. */
  sync(): void;
}

/** An existing file and where it continues. */
export interface GrownFile {
  /** What was read in it. */
  readonly bytes: Uint8Array;
  /** How many of the bytes stay. */
  readonly length: number;
  /** Called with the other bytes before they are cut off. */
  keep(rest: Uint8Array): void;
}

/**
 * Creates a file, or continues an existing one after its first bytes and cuts
 * off the rest. It keeps one handle, with a lock that ends with the process.
 * This module is one of the few that touch the disk.
 *
 * @throws {Deno.errors.AlreadyExists} when the file, or a link, is there and `grown` is left out
 * @throws {Deno.errors.NotFound} when it is not there and `grown` is given
 * @throws {Error} when what is there is not a regular file with one name; it is then not opened
 * @throws {Deno.errors.Busy} when another process writes to it, or has since it was read
 */
export function growingFile(path: string, grown?: GrownFile): GrowingFile {
  const file = grown === undefined
    ? Deno.openSync(path, { write: true, createNew: true })
    : openGrown(path);
  let size = grown?.length ?? 0;
  let open = true;

  /** From here on no other process can write, so the file is compared with what was read. */
  function begin(): void {
    if (!file.tryLockSync(true)) {
      throw new Deno.errors.Busy(`another process writes to "${path}"`);
    }
    if (grown === undefined) return;
    if (!holds(file, grown.bytes)) {
      throw new Deno.errors.Busy(`another process has written to "${path}"`);
    }
    if (size < grown.bytes.length) grown.keep(grown.bytes.subarray(size));
    cut();
  }

  function cut(): void {
    file.truncateSync(size);
    file.seekSync(size, Deno.SeekMode.Start);
  }

  try {
    begin();
  } catch (error) {
    file.close();
    throw error;
  }
  return {
    append(bytes) {
      try {
        for (let at = 0; at < bytes.length;) {
          at += file.writeSync(bytes.subarray(at));
        }
      } catch (error) {
        cut();
        throw error;
      }
      size += bytes.length;
    },
    sync: () => file.syncDataSync(),
    [Symbol.dispose]() {
      if (!open) return;
      open = false;
      file.close();
    },
  };
}

/** Opens for reading and writing, so that a pipe in its place does not block. */
function openGrown(path: string): Deno.FsFile {
  const before = Deno.lstatSync(path);
  refuseOther(before, {});
  const file = Deno.openSync(path, { read: true, write: true });
  const { dev, ino } = file.statSync();
  if (dev === before.dev && ino === before.ino) return file;
  file.close();
  throw exchanged();
}

const CHUNK_SIZE = 2 ** 18;

/** Whether a file holds exactly these bytes; reads no more than needed. */
function holds(file: Deno.FsFile, bytes: Uint8Array): boolean {
  if (file.statSync().size !== bytes.length) return false;
  const buffer = new Uint8Array(CHUNK_SIZE);
  let at = 0;
  while (at < bytes.length) {
    const length = file.readSync(buffer);
    if (length === null) return false;
    const isSame = buffer.subarray(0, length)
      .every((byte, index) => byte === bytes[at + index]);
    if (!isSame) return false;
    at += length;
  }
  return true;
}
