/** A new file that grows at its end until it is disposed of. */
export interface GrowingFile extends Disposable {
  /** Hands bytes to the operating system, so that they survive the process. */
  append(bytes: Uint8Array): void;
  /** Returns when all bytes survive a power cut. */
  sync(): void;
}

/**
 * Creates a file and keeps one handle to it. This module is one of the few
 * that touch the disk.
 *
 * @throws {Deno.errors.AlreadyExists} when the file, or a link, is there
 */
export function growingFile(path: string): GrowingFile {
  const file = Deno.openSync(path, { write: true, createNew: true });
  let open = true;
  return {
    append(bytes) {
      for (let at = 0; at < bytes.length;) {
        at += file.writeSync(bytes.subarray(at));
      }
    },
    sync: () => file.syncDataSync(),
    [Symbol.dispose]() {
      if (!open) return;
      open = false;
      file.close();
    },
  };
}
