import { unusable } from "../../tools/data/input_error.ts";
import { MAX_LEDGER_BYTES, MAX_LINE_BYTES } from "../file_limits.ts";
import {
  type BegunLedger,
  LedgerError,
  type ReadLedger,
  readLedger,
} from "../read_ledger.ts";
import { unreadable } from "./file_error.ts";
import { readRegularFile } from "./regular_file.ts";

/**
 * Reads the ledger of a run that is finished or that broke off; it has at least
 * one event.
 *
 * @throws {InputError} when it cannot be read or trusted, with the line
 */
export function storedLedger(path: string): BegunLedger {
  return ledgerIn(bytesIn(path), path);
}

/**
 * Reads the bytes of a ledger that has at least one event; `path` is how messages
 * name it.
 *
 * @throws {InputError} when it cannot be trusted, with the line
 */
export function ledgerIn(bytes: Uint8Array, path: string): BegunLedger {
  const { started, ...record } = sound(bytes, path);
  if (started !== undefined) return { started, ...record };
  throw unusable(path, "it has no complete line, so nothing is on record");
}

function bytesIn(path: string): Uint8Array {
  try {
    return readRegularFile(path, { maxBytes: MAX_LEDGER_BYTES });
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function sound(bytes: Uint8Array, path: string): ReadLedger {
  try {
    const record = readLedger(bytes);
    if (record.torn.length <= MAX_LINE_BYTES) return record;
    throw new LedgerError(
      record.events.length + 1,
      "the line is longer than any that a run writes",
    );
  } catch (cause) {
    if (!(cause instanceof LedgerError)) throw unreadable(path, cause);
    throw unusable(path, cause.message, { line: cause.line, cause });
  }
}
