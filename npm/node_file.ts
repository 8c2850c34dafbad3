import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  open,
  openSync,
  readSync,
  type Stats,
  writeSync,
} from "node:fs";
import { tryLock } from "./file_lock.ts";
import { likeDeno, systemError } from "./system_error.ts";

/** An open file, as far as this project uses that of Deno. */
export type NodeFile =
  & Pick<
    Deno.FsFile,
    | "readSync"
    | "writeSync"
    | "seekSync"
    | "truncateSync"
    | "statSync"
    | "syncDataSync"
    | "close"
  >
  & Disposable
  & {
    /** Locks it against all others until it is closed; `false` when somebody else has. */
    tryLockSync(exclusive: true): boolean;
  };

/** Opens a file at once. */
export function openNodeFileSync(
  path: string | URL,
  options?: Deno.OpenOptions,
): NodeFile {
  const flags = flagsOf(options);
  return nodeFile(likeDeno(() => openSync(path, flags)), flags);
}

/** Opens a file; where that waits, as for a pipe, nothing else does. */
export function openNodeFile(
  path: string | URL,
  options?: Deno.OpenOptions,
): Promise<NodeFile> {
  const flags = flagsOf(options);
  return new Promise((resolve, reject) =>
    open(path, flags, (error, descriptor) => {
      if (error === null) resolve(nodeFile(descriptor, flags));
      else reject(systemError(error));
    })
  );
}

function flagsOf({
  read = false,
  write = false,
  append = false,
  create = false,
  createNew = false,
  truncate = false,
}: Deno.OpenOptions = { read: true }): number {
  const writes = write || append;
  const access = !writes
    ? constants.O_RDONLY
    : read
    ? constants.O_RDWR
    : constants.O_WRONLY;
  return access |
    (append ? constants.O_APPEND : 0) |
    (create || createNew ? constants.O_CREAT : 0) |
    (createNew ? constants.O_EXCL : 0) |
    (truncate ? constants.O_TRUNC : 0);
}

/** Node has no call that moves the position of a file, so it is kept here. */
function nodeFile(descriptor: number, flags: number): NodeFile {
  const isAppended = (flags & constants.O_APPEND) !== 0;
  let position = 0;
  const close = () => likeDeno(() => closeSync(descriptor));
  return {
    readSync(buffer) {
      const count = likeDeno(() =>
        readSync(descriptor, buffer, 0, buffer.length, position)
      );
      position += count;
      return count === 0 && buffer.length > 0 ? null : count;
    },
    writeSync(bytes) {
      const at = isAppended ? null : position;
      const count = likeDeno(() =>
        writeSync(descriptor, bytes, 0, bytes.length, at)
      );
      position += count;
      return count;
    },
    seekSync(offset, whence) {
      if (whence !== 0) throw new RangeError("Only a start can be sought from");
      return position = Number(offset);
    },
    truncateSync: (length = 0) =>
      likeDeno(() => ftruncateSync(descriptor, length)),
    statSync: () => likeDeno(() => fileInfo(fstatSync(descriptor))),
    syncDataSync: () => likeDeno(() => fdatasyncSync(descriptor)),
    tryLockSync: () => tryLock(descriptor),
    close,
    [Symbol.dispose]: close,
  };
}

/** What is known of an entry, in Deno's form. */
export function fileInfo(stats: Stats): Deno.FileInfo {
  return {
    isFile: stats.isFile(),
    isDirectory: stats.isDirectory(),
    isSymlink: stats.isSymbolicLink(),
    size: stats.size,
    mtime: stats.mtime,
    atime: stats.atime,
    birthtime: stats.birthtime,
    ctime: stats.ctime,
    dev: stats.dev,
    ino: stats.ino,
    mode: stats.mode,
    nlink: stats.nlink,
    uid: stats.uid,
    gid: stats.gid,
    rdev: stats.rdev,
    blksize: stats.blksize,
    blocks: stats.blocks,
    isBlockDevice: stats.isBlockDevice(),
    isCharDevice: stats.isCharacterDevice(),
    isFifo: stats.isFIFO(),
    isSocket: stats.isSocket(),
  };
}
