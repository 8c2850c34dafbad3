import type * as NodeFs from "node:fs";

/** Limits for reading a file that is not trusted. */
export interface RegularFileOptions {
  /** The largest size, in bytes. Default: no limit. */
  readonly maxBytes?: number | undefined;
  /** Whether it may have other names, hard links. Default: no. */
  readonly mayHaveOtherNames?: boolean | undefined;
}

/** A regular file that is open for reading and was checked before and after opening. */
export interface RegularFile extends Disposable {
  /** Its size when it was opened; no more is read. */
  readonly bytes: number;
  /**
   * Its bytes in order, from a position on; a chunk is valid until the next one is
   * asked for. Default: all of them.
   */
  chunks(from?: number): Generator<Uint8Array, void>;
}

const CHUNK_SIZE = 2 ** 18;

/**
 * Opens a file of a run directory. The entry is checked first, so that a pipe or
 * a device is never opened and a link is never followed. The open itself does
 * not wait, so that a pipe that takes the file's place in between does not
 * block. The opened file must be the one that was checked. This module is one of
 * the few that touch the disk.
 *
 * @throws {Error} when it is not a regular file with one name, or too large; it says which
 * @throws {Deno.errors.NotFound} when nothing is there
 */
export function openRegularFile(
  path: string,
  options: RegularFileOptions = {},
): RegularFile {
  const before = Deno.lstatSync(path);
  refuseOther(before, options);
  const { closeSync, fstatSync, readSync } = nodeFs();
  const descriptor = opened(path);
  try {
    const { dev, ino, size } = fstatSync(descriptor);
    if (dev !== before.dev || ino !== before.ino) throw exchanged();
    refuseLarge(size, options);
    return {
      bytes: size,
      *chunks(from = 0) {
        const buffer = new Uint8Array(Math.min(size - from, CHUNK_SIZE));
        for (let at = from; at < size;) {
          const wanted = Math.min(size - at, buffer.length);
          const length = readSync(descriptor, buffer, 0, wanted, at);
          if (length === 0) return;
          at += length;
          yield buffer.subarray(0, length);
        }
      },
      [Symbol.dispose]: () => closeSync(descriptor),
    };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/**
 * Reads a whole file as `openRegularFile` does.
 *
 * @throws {Error} as `openRegularFile` does
 */
export function readRegularFile(
  path: string,
  options: RegularFileOptions & { readonly maxBytes: number },
): Uint8Array<ArrayBuffer> {
  using file = openRegularFile(path, options);
  const whole = new Uint8Array(file.bytes);
  let length = 0;
  for (const chunk of file.chunks()) {
    whole.set(chunk, length);
    length += chunk.length;
  }
  return whole.subarray(0, length);
}

/**
 * Says what an entry is when it is not a regular file with one name; `undefined`
 * when it is one.
 */
export function whyNotRegular(
  entry: Deno.FileInfo,
  { mayHaveOtherNames = false }: RegularFileOptions = {},
): string | undefined {
  if (entry.isFile) {
    return mayHaveOtherNames || (entry.nlink ?? 1) === 1
      ? undefined
      : "it has another name elsewhere (a hard link)";
  }
  const what = entry.isSymlink
    ? "a symbolic link"
    : entry.isDirectory
    ? "a directory"
    : entry.isFifo
    ? "a pipe"
    : entry.isSocket
    ? "a socket"
    : "a device";
  return `it is ${what}, not a regular file`;
}

/** The error for a file that was replaced after it was checked. */
export function exchanged(): Error {
  return new Error("it was exchanged while it was opened");
}

/**
 * Refuses what may not be opened, from what `lstat` says of it.
 *
 * @throws {Error} when it is not a regular file with one name, or too large
 */
export function refuseOther(
  entry: Deno.FileInfo,
  options: RegularFileOptions,
): void {
  if (entry.isDirectory) throw new Deno.errors.IsADirectory();
  const fault = whyNotRegular(entry, options);
  if (fault !== undefined) throw new Error(fault);
  refuseLarge(entry.size, options);
}

function refuseLarge(
  size: number,
  { maxBytes = Infinity }: RegularFileOptions,
): void {
  if (size <= maxBytes) return;
  throw new Error(`it has ${size} bytes; up to ${maxBytes} can be read`);
}

/** Loaded with the first file that is read, since loading it takes long. */
function nodeFs(): typeof NodeFs {
  return process.getBuiltinModule("node:fs");
}

/** Deno's own API has no flag for a non-blocking open; its `node:fs` has. */
function opened(path: string): number {
  const { constants, openSync } = nodeFs();
  try {
    return openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    if (!(cause instanceof Error) || !("code" in cause)) throw cause;
    const { code } = cause;
    if (code === "ENOENT") throw new Deno.errors.NotFound();
    if (code === "EACCES") throw new Deno.errors.PermissionDenied();
    throw cause;
  }
}
