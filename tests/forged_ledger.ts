/**
 * Ledgers that somebody has changed who knows how they are sealed.
 *
 * @module
 */
import { hash } from "node:crypto";
import type { RunEvent } from "../runtime/record/event.ts";
import { GENESIS_HASH } from "../runtime/record/ledger.ts";
import { parseLedgerLine } from "../runtime/record/ledger_line.ts";

/** Changes the events of a ledger, then perhaps the text of its lines, and seals them anew. */
export function forgedLedger(
  ledger: string,
  change: (event: RunEvent, seq: number) => RunEvent,
  spell: (line: string) => string = (line) => line,
): string {
  let prev = GENESIS_HASH;
  return ledger.split("\n").slice(0, -1).map((line, seq) => {
    const { prev: _prev, hash: _hash, ...event } = parseLedgerLine(line);
    const text = spell(JSON.stringify(change(event, seq)));
    const body = `${text.slice(0, -1)},"prev":"${prev}"`;
    prev = hash("sha256", body);
    return `${body},"hash":"${prev}"}\n`;
  }).join("");
}
