import { join } from "../deps.ts";
import {
  LedgerError,
  type ReadLedger,
  readLedger,
} from "../evidence/read_ledger.ts";
import { InputError } from "../policy/input_error.ts";
import { whyUnreadable } from "./files.ts";

/** How large a ledger may be: all of it is held in memory, several times. */
const MAX_BYTES = 256 * 2 ** 20;

/**
 * Reads the ledger of a run directory, of a run that is finished or that broke
 * off; it has at least one event.
 *
 * @throws {InputError} when it cannot be read or trusted, with the line
 */
export function readRecord(directory: string): ReadLedger {
  const path = join(directory, "state.jsonl");
  const record = read(path);
  if (record.events.length > 0) return record;
  throw new InputError(path, [{
    path: "",
    message: "there is no complete line; nothing is on record",
  }]);
}

function read(path: string): ReadLedger {
  try {
    const { isFile, size } = Deno.statSync(path);
    // A pipe would never end, and neither would a device.
    if (!isFile) throw new Error("it is no regular file");
    if (size > MAX_BYTES) {
      throw new Error(`it has ${size} bytes; up to ${MAX_BYTES} can be read`);
    }
    return readLedger(Deno.readFileSync(path));
  } catch (cause) {
    const problem = cause instanceof LedgerError
      ? { path: "", line: cause.line, message: cause.message }
      : { path: "", message: whyUnreadable(cause) };
    throw new InputError(path, [problem], { cause });
  }
}
