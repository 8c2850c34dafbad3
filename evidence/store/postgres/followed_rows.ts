import { unusable } from "../../../tools/data/input_error.ts";
import { LedgerError, ledgerReader } from "../../read_ledger.ts";
import type { FollowedLedger } from "../../run_store.ts";
import { type Session, textOf } from "./database.ts";

/** Reads the rows of a ledger while it grows; each time only what is new. */
export function followedRows(
  database: Session,
  { name, place }: { readonly name: string; readonly place: string },
): FollowedLedger {
  const reader = ledgerReader();
  const encoder = new TextEncoder();
  let seq = 0;
  return {
    async next() {
      const rows = await database.query(
        "select line from fleet.ledger_line where run_id = $1 and seq >= $2 order by seq",
        [name, seq],
      );
      seq += rows.length;
      const lines = rows.map((row) => `${textOf(row, "line")}\n`).join("");
      try {
        return reader.push(encoder.encode(lines));
      } catch (cause) {
        if (!(cause instanceof LedgerError)) throw cause;
        throw unusable(place, cause.message, { line: cause.line, cause });
      }
    },
  };
}
