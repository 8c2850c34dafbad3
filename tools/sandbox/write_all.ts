/** What takes bytes, and says how many it took. */
interface Writable {
  writeSync(bytes: Uint8Array): number;
}

/** Writes all bytes through a handle, however many calls it takes. */
export function writeAll(file: Writable, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}
