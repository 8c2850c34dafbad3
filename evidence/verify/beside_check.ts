import type { ReadLine } from "./ledger_reader.ts";

/** Checks files beside a ledger against it while the ledger is read. */
export interface BesideCheck {
  /** Takes the next line of the ledger. */
  push(read: ReadLine): void;
  /** Checks what only the whole ledger can tell. */
  end(): void;
}
