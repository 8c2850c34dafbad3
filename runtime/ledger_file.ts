/**
 * `none`: the operating system writes when it likes. `intent`: what announces
 * an effect, and the last line, is on disk before the run goes on.
 */
export type Durability = "none" | "intent";

/** One open ledger; nobody else may write it. */
export interface LedgerFile extends Disposable {
  /** Writes lines to the end. */
  append(text: string): void;
  /** Returns when everything written survives a power cut, if durability asks for it. */
  sync(): void;
}

/**
 * Creates a ledger and keeps it open until it is disposed of. This module is
 * one of the few that touch the disk.
 *
 * @throws {Deno.errors.AlreadyExists} when the file is there
 */
export function createLedgerFile(
  path: string,
  durability: Durability,
): LedgerFile {
  const file = Deno.openSync(path, { write: true, createNew: true });
  const encoder = new TextEncoder();
  return {
    append(text) {
      const bytes = encoder.encode(text);
      for (let at = 0; at < bytes.length;) {
        at += file.writeSync(at === 0 ? bytes : bytes.subarray(at));
      }
    },
    sync() {
      if (durability === "intent") file.syncDataSync();
    },
    [Symbol.dispose]() {
      file.close();
    },
  };
}
