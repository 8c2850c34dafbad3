import { join } from "../../deps.ts";
import {
  type BegunLedger,
  LedgerError,
  type ReadLedger,
  readLedger,
} from "../../evidence/read_ledger.ts";
import {
  MAX_LEDGER_BYTES,
  MAX_LINE_BYTES,
} from "../../evidence/file_limits.ts";
import { readRegularFile } from "../../evidence/store/regular_file.ts";
import { InputError } from "../../tools/data/input_error.ts";
import { whyUnreadable } from "../machine/files.ts";

/**
 * Reads the ledger of a run directory, of a run that is finished or that broke
 * off; it has at least one event.
 *
 * @throws {InputError} when it cannot be read or trusted, with the line
 */
export function readRecord(directory: string): BegunLedger {
  const path = join(directory, "state.jsonl");
  const { started, ...record } = read(path);
  if (started !== undefined) return { started, ...record };
  throw new InputError(path, [{
    path: "",
    message: "there is no complete line; nothing is on record",
  }]);
}

function read(path: string): ReadLedger {
  try {
    const bytes = readRegularFile(path, { maxBytes: MAX_LEDGER_BYTES });
    const record = readLedger(bytes);
    if (record.torn.length <= MAX_LINE_BYTES) return record;
    throw new LedgerError(
      record.events.length + 1,
      "the line is longer than any that a run writes",
    );
  } catch (cause) {
    const problem = cause instanceof LedgerError
      ? { path: "", line: cause.line, message: cause.message }
      : { path: "", message: whyUnreadable(cause) };
    throw new InputError(path, [problem], { cause });
  }
}
