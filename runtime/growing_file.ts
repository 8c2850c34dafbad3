/** A file that grows at its end until it is disposed of; nobody else writes to it meanwhile. */
export interface GrowingFile extends Disposable {
  /**
   * Hands bytes to the operating system, so that they survive the process. When
   * that fails, the file ends where it ended before.
   */
  append(bytes: Uint8Array): void;
  /** Returns when all bytes survive a power cut. */
  sync(): void;
}

/**
 * Creates a file, or goes on behind the first `length` bytes of one that is
 * there, and cuts off what follows. It keeps one handle, with a lock that ends
 * with the process. This module is one of the few that touch the disk.
 *
 * @throws {Deno.errors.AlreadyExists} when the file, or a link, is there and `length` is left out
 * @throws {Deno.errors.NotFound} when it is not there and `length` is given
 * @throws {Deno.errors.Busy} when another process writes to it
 */
export function growingFile(
  path: string,
  { length }: { readonly length?: number } = {},
): GrowingFile {
  const file = Deno.openSync(path, {
    write: true,
    createNew: length === undefined,
  });
  if (!file.tryLockSync(true)) {
    file.close();
    throw new Deno.errors.Busy(`another process writes to "${path}"`);
  }
  let size = length ?? 0;
  let open = true;

  function cut(): void {
    file.truncateSync(size);
    file.seekSync(size, Deno.SeekMode.Start);
  }

  if (length !== undefined) cut();
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
