import { GENESIS_HASH } from "../../runtime/record/ledger.ts";
import {
  type LedgerLine,
  parseLedgerLine,
} from "../../runtime/record/ledger_line.ts";
import { type ByteLine, byteLines } from "./byte_lines.ts";
import type { FindingCode } from "./finding.ts";
import { quoted } from "../../tools/data/untrusted_text.ts";
import { sha256 } from "../../tools/data/sha256.ts";

/** One ledger line, checked by itself and in its chain. */
export interface ReadLine {
  readonly line: number;
  /** Its event; `undefined` when it cannot be read. */
  readonly event: LedgerLine | undefined;
  /** Whether something is missing or wrong between the line before and this event. */
  readonly gap: boolean;
  /** The hash that the line states; `undefined` when it states none. */
  readonly hash: string | undefined;
}

/** Called with each fault of a line. */
export type ReportLine = (
  code: FindingCode,
  at: {
    readonly line: number;
    readonly span?: string | undefined;
    readonly message: string;
  },
) => void;

/** The end of a line: the hash of the line before, and its own. */
const SEAL = /^,"prev":"([0-9a-f]{64})","hash":"([0-9a-f]{64})"}$/;
const SEAL_LENGTH = ',"prev":"","hash":""}'.length + 2 * 64;
const HASH_LENGTH = ',"hash":""}'.length + 64;

/**
 * Reads a ledger from a stream of its bytes, in constant memory: each line is
 * checked by itself and for its place in the chain.
 *
 * A stretch of damaged lines has one finding, at its first line: swapping two
 * lines or inserting one breaks two or three links at once.
 */
export function* checkedLines(
  chunks: Iterable<Uint8Array>,
  report: ReportLine,
): Generator<ReadLine, void> {
  const seals = sealChecker();
  let seq = 0;
  let damaged = false;
  for (const raw of byteLines(chunks)) {
    const { line } = raw;
    // A line that is too long to check is not used.
    const text = raw.cut ? undefined : decode(raw.bytes);
    const { hash, damage } = seals.check(raw, text);
    if (damage !== undefined && !damaged) {
      report(damage.code, { line, ...damage });
    }
    const intact = damage === undefined || damage.code === "chain_broken";
    const read = intact ? readEvent(text) : undefined;
    const event = read?.event;
    let gap = damage !== undefined || event === undefined;
    if (read?.flaw !== undefined) {
      report(read.flaw.code, { line, ...read.flaw });
    }
    if (event !== undefined && event.seq !== seq && !gap && !damaged) {
      const message = `seq is ${event.seq} where ${seq} is due`;
      report("wrong_seq", { line, message });
      gap = true;
    }
    seq = (event?.seq ?? seq) + 1;
    damaged = damage !== undefined;
    yield { line, event, gap, hash };
  }
}

/** What is wrong with a line, without its number. */
interface Flaw {
  readonly code: FindingCode;
  readonly message: string;
}

/** Checks each line's hash, and that it names the line before. */
function sealChecker() {
  /** What the next line must name; `undefined` when that is unknown. */
  let due: string | undefined = GENESIS_HASH;

  /** Finds what is wrong with a line that does not end as it should. */
  function damageOf(
    { bytes, terminated, cut, line }: ByteLine,
    seal: RegExpExecArray | null,
  ): Flaw | undefined {
    const named = due;
    due = undefined;
    if (cut) {
      const message = "the line is too long to check";
      return { code: "line_too_long", message };
    }
    if (!terminated) {
      const message = "the file ends within the line";
      return { code: "line_torn", message };
    }
    if (seal === null) {
      const message = 'the line does not end with "prev" and "hash"';
      return { code: "line_unsealed", message };
    }
    const [, prev = "", stated = ""] = seal;
    const found = sha256(bytes.subarray(0, -HASH_LENGTH));
    due = stated;
    if (stated !== found) {
      const message =
        `the line was changed: it states the hash ${stated}, its bytes have ${found}`;
      return { code: "wrong_hash", message };
    }
    if (named !== undefined && named !== prev) {
      const message = line === 1
        ? "the line is not the first of a ledger: it names one before it"
        : `the line does not follow line ${
          line - 1
        }: it names ${prev}, and that one has ${named}`;
      return { code: "chain_broken", message };
    }
  }

  return {
    check(raw: ByteLine, text: string | undefined) {
      if (text !== undefined && raw.terminated && !raw.cut) {
        const hash = sha256(raw.bytes.subarray(0, -HASH_LENGTH));
        if (text.endsWith(`,"prev":"${due}","hash":"${hash}"}`)) {
          due = hash;
          return { hash, damage: undefined };
        }
      }
      const end = text?.slice(-SEAL_LENGTH) ??
        latin1(raw.bytes.subarray(-SEAL_LENGTH));
      const seal = SEAL.exec(end);
      return { hash: seal?.[2], damage: damageOf(raw, seal) };
    },
  };
}

/** Reads an event and compares it with the program's only spelling of it. */
function readEvent(
  text: string | undefined,
): { readonly event?: LedgerLine; readonly flaw?: Flaw } {
  if (text === undefined) {
    return {
      flaw: { code: "not_utf8", message: "the line is not UTF-8 text" },
    };
  }
  try {
    const event = parseLedgerLine(text);
    if (JSON.stringify(event) === text) return { event };
    const message =
      "the line is an event, but not spelled as the program spells it";
    return { event, flaw: { code: "not_as_written", message } };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `the line is not an event: ${quoted(why)}`;
    return { flaw: { code: "not_an_event", message } };
  }
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
