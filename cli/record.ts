import { join } from "../deps.ts";
import {
  LedgerError,
  type ReadLedger,
  readLedger,
} from "../evidence/read_ledger.ts";
import { InputError } from "../policy/input_error.ts";
import { whyUnreadable } from "./files.ts";

/**
 * Reads the ledger of a run directory, of a run that is finished or that broke off.
 *
 * @throws {InputError} when it cannot be read or trusted, with the line
 */
export function readRecord(directory: string): ReadLedger {
  const path = join(directory, "state.jsonl");
  try {
    return readLedger(Deno.readFileSync(path));
  } catch (cause) {
    const problem = cause instanceof LedgerError
      ? { path: "", line: cause.line, message: cause.message }
      : { path: "", message: whyUnreadable(cause) };
    throw new InputError(path, [problem], { cause });
  }
}
