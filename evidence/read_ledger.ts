import type { RunEvent, RunStarted } from "../runtime/record/event.ts";
import { hashChain } from "../runtime/record/ledger.ts";
import { parseLedgerLine } from "../runtime/record/ledger_line.ts";
import { oneLine } from "../tools/data/untrusted_text.ts";

/** A ledger that was read and found sound, perhaps of a run that broke off. */
export interface ReadLedger {
  /** The first event; `undefined` when no line is complete. */
  readonly started: RunStarted | undefined;
  /** The events of all complete lines, in order. */
  readonly events: readonly RunEvent[];
  /** All that was read. */
  readonly bytes: Uint8Array;
  /** The bytes of the complete lines. */
  readonly sound: Uint8Array;
  /** Hash of the last complete line, 64 hex digits; 64 zeros when no line is complete. */
  readonly head: string;
  /** What follows the last newline: a line that was being written; usually empty. */
  readonly torn: Uint8Array;
}

/** A ledger that has its first line. */
export interface BegunLedger extends ReadLedger {
  /** The first event. */
  readonly started: RunStarted;
}

/** A line of a ledger that cannot be trusted. */
export class LedgerError extends Error {
  /** Tells the error apart. */
  override readonly name = "LedgerError";
  /** Number of the line, from 1. */
  readonly line: number;

  /** Says what is wrong with a line. */
  constructor(line: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.line = line;
  }
}

const NEWLINE = 10;

/**
 * Reads the bytes of a `state.jsonl`, of a run that is finished or that broke
 * off. Every complete line must be an event in its stored form, with the next
 * number and the right hashes, and the first one `run_started`.
 *
 * @throws {LedgerError} at the first line that is not
 */
export function readLedger(bytes: Uint8Array): ReadLedger {
  const length = bytes.lastIndexOf(NEWLINE) + 1;
  const sound = bytes.subarray(0, length);
  const reader = ledgerReader();
  const events = reader.push(sound);
  const [first] = events;
  return {
    started: first?.type === "run_started" ? first : undefined,
    events,
    bytes,
    sound,
    head: reader.head,
    torn: bytes.subarray(length),
  };
}

/** Reads a ledger that grows. */
export interface LedgerReader {
  /**
   * Reads the lines that follow those before; the last one is complete.
   *
   * @throws {LedgerError} at the first line that cannot be trusted; no more can
   *   be read then
   */
  push(lines: Uint8Array): readonly RunEvent[];
  /** Hash of the last line, 64 hex digits; 64 zeros before the first one. */
  readonly head: string;
}

/** Begins with the first line of a ledger. */
export function ledgerReader(): LedgerReader {
  const chain = hashChain();
  let count = 0;

  function next(line: Uint8Array): RunEvent {
    const number = count + 1;
    const text = decode(line, number);
    const event = parse(text, number);
    if (event.seq !== count) {
      throw new LedgerError(
        number,
        `expected seq ${count}, found ${event.seq}`,
      );
    }
    if ((event.type === "run_started") !== (number === 1)) {
      throw new LedgerError(
        number,
        "the first line, and no other, must be run_started",
      );
    }
    if (chain.seal(event) !== text) {
      throw new LedgerError(
        number,
        "the line is not as it was sealed: its hashes or the form of its JSON differ",
      );
    }
    count = number;
    return event;
  }

  return {
    push(lines) {
      const events: RunEvent[] = [];
      for (let start = 0; start < lines.length;) {
        const end = lines.indexOf(NEWLINE, start) + 1;
        events.push(next(lines.subarray(start, end)));
        start = end;
      }
      return events;
    },
    get head() {
      return chain.head;
    },
  };
}

function decode(bytes: Uint8Array, line: number): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes);
  } catch (cause) {
    throw new LedgerError(line, "the line is not UTF-8", { cause });
  }
}

function parse(text: string, line: number): RunEvent {
  try {
    const { prev: _prev, hash: _hash, ...event } = parseLedgerLine(text);
    return event;
  } catch (cause) {
    const message = cause instanceof SyntaxError
      ? "the line is not JSON"
      : oneLine(cause instanceof Error ? cause.message : String(cause), 500);
    throw new LedgerError(line, message, { cause });
  }
}
