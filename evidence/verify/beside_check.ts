import type { ReadLine } from "./ledger_reader.ts";

/** Holds what lies beside a ledger against the ledger, while it is read. */
export interface BesideCheck {
  /** Takes the next line of the ledger. */
  push(read: ReadLine): void;
  /** Looks at what only the whole ledger tells. */
  end(): void;
}
