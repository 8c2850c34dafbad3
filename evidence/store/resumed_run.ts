import { InputError, unusable } from "../../tools/data/input_error.ts";
import type { SynchronousSink } from "../artifacts.ts";
import { encodeBase64 } from "../../tools/data/base64.ts";
import type { ReadLedger } from "../read_ledger.ts";
import type { Incident } from "../recording/incident.ts";
import { whyUnwritable } from "./file_error.ts";
import { resumedRunDirectory } from "./run_directory.ts";

/**
 * Opens the directory of a run that broke off, as `resumedRunDirectory` does,
 * and records what is cut off its ledger and that it is resumed.
 *
 * @throws {InputError} when another process is at it, or it cannot be written
 */
export function resumedRun(
  path: string,
  ledger: ReadLedger,
  note: (incident: Incident) => void,
): SynchronousSink & Disposable {
  const sink = opened(path, ledger, (torn) => {
    const base64 = encodeBase64(torn);
    note({ type: "torn_line", bytes: torn.length, base64 });
  });
  try {
    note({ type: "resumed", events: ledger.events.length });
  } catch (error) {
    sink[Symbol.dispose]();
    throw error;
  }
  return sink;
}

function opened(
  path: string,
  ledger: ReadLedger,
  keep: (torn: Uint8Array) => void,
): SynchronousSink & Disposable {
  try {
    return resumedRunDirectory(path, ledger, keep);
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const message = cause instanceof Deno.errors.Busy
      ? "another process is writing it"
      : whyUnwritable(cause);
    throw unusable(path, message, { cause });
  }
}
