import { unusable } from "../../tools/data/input_error.ts";
import { promised } from "../../tools/data/promised.ts";
import { MAX_LEDGER_BYTES } from "../file_limits.ts";
import { LedgerError, ledgerReader } from "../read_ledger.ts";
import type { FollowedLedger } from "../run_store.ts";
import { unreadable } from "./file_error.ts";
import { openRegularFile } from "./regular_file.ts";

const NEWLINE = 10;

/** Reads a ledger while it grows; each time only what is new. */
export function followedLedger(path: string): FollowedLedger {
  const reader = ledgerReader();
  let length = 0;

  function news() {
    using file = openRegularFile(path, { maxBytes: MAX_LEDGER_BYTES });
    if (file.bytes < length) {
      throw unusable(path, "lines that were there are gone");
    }
    const rest = new Uint8Array(file.bytes - length);
    let filled = 0;
    for (const chunk of file.chunks(length)) {
      rest.set(chunk, filled);
      filled += chunk.length;
    }
    const sound = rest.subarray(0, rest.lastIndexOf(NEWLINE, filled) + 1);
    length += sound.length;
    return reader.push(sound);
  }

  return {
    next: () =>
      promised(() => {
        try {
          return news();
        } catch (cause) {
          if (!(cause instanceof LedgerError)) throw unreadable(path, cause);
          throw unusable(path, cause.message, { line: cause.line, cause });
        }
      }),
  };
}
