import { type Digest, startDigest } from "../../tools/data/sha256.ts";
import type { ArtifactDigest } from "../recording/manifest.ts";
import type { TextTarget } from "../recording/run_projection.ts";

/** The first difference between a stored artifact and the expected one. */
export interface TextDifference {
  /** Number of the line, from 1. */
  readonly line: number;
  /** The line as it should be, up to what was compared; `undefined` when there should be none. */
  readonly expected: string | undefined;
  /** The line as it is; `undefined` when it is missing. */
  readonly found: string | undefined;
}

/** An expected text, compared with the stored bytes. */
export interface ExpectedText extends TextTarget {
  /** Where the first difference is; known when the text has ended. */
  readonly difference: TextDifference | undefined;
  /** Stops comparing: the rest of the expected text is unknown. */
  abandon(): void;
  /** The digest of what is stored; reads it to its end. */
  stored(): ArtifactDigest;
}

/** How much text may wait before it is compared, in UTF-16 code units. */
const COMPARE_SIZE = 2 ** 13;

const NEWLINE = 10;

/**
 * Compares a growing text with the bytes of a stored one as both arrive; neither
 * is held completely.
 */
export function expectedText(stored: Iterable<Uint8Array>): ExpectedText {
  const encode = bufferedEncoder();
  const bytes = byteReader(stored);
  const digest = runningDigest();
  /** The expected text from the first difference on. */
  let other: ReturnType<typeof runningDigest> | undefined;
  let pending = "";
  let lines = 0;
  let abandoned = false;
  let difference: TextDifference | undefined;

  function compare(text: string): void {
    const expected = encode(text);
    let at = 0;
    while (other === undefined && at < expected.length) {
      const found = bytes.peek();
      const length = Math.min(expected.length - at, found.length);
      const want = expected.subarray(at, at + length);
      const have = found.subarray(0, length);
      const same = commonLength(want, have);
      digest.update(have.subarray(0, same));
      lines += newlinesIn(have.subarray(0, same));
      bytes.skip(same);
      at += same;
      if (same === length && length > 0) continue;
      other = digest.copy();
      const begin = expected.lastIndexOf(NEWLINE, at - 1) + 1;
      difference = {
        line: lines + 1,
        expected: firstLine(expected.subarray(at === 0 ? 0 : begin)),
        found: foundLine(expected.subarray(at === 0 ? 0 : begin, at)),
      };
    }
    other?.update(expected.subarray(at));
  }

  /** The stored line: the part in common with the expected one, and its rest. */
  function foundLine(common: Uint8Array): string | undefined {
    const rest = bytes.peek();
    if (common.length === 0 && rest.length === 0) return undefined;
    return firstLine(new Uint8Array([...common, ...rest.subarray(0, 1024)]));
  }

  return {
    append(text) {
      if (abandoned || text === "") return;
      pending += text;
      if (pending.length < COMPARE_SIZE) return;
      // Whole lines only, so that a difference can show the whole line.
      const end = pending.lastIndexOf("\n") + 1;
      compare(pending.slice(0, end));
      pending = pending.slice(end);
    },
    end() {
      compare(pending);
      pending = "";
      if (other !== undefined) return other.end();
      const whole = digest.copy().end();
      if (bytes.peek().length > 0) {
        difference = {
          line: lines + 1,
          expected: undefined,
          found: foundLine(new Uint8Array()),
        };
      }
      return whole;
    },
    abandon() {
      if (!abandoned) compare(pending);
      abandoned = true;
      pending = "";
    },
    get difference() {
      return difference;
    },
    stored() {
      for (let rest = bytes.peek(); rest.length > 0; rest = bytes.peek()) {
        digest.update(rest);
        bytes.skip(rest.length);
      }
      return digest.end();
    },
  };
}

/** Encodes text into one buffer again and again; the bytes are valid until the next text. */
function bufferedEncoder(): (text: string) => Uint8Array {
  const encoder = new TextEncoder();
  let buffer = new Uint8Array(4 * COMPARE_SIZE);
  return (text) => {
    // A UTF-16 code unit takes at most three bytes.
    if (buffer.length < 3 * text.length) {
      buffer = new Uint8Array(3 * text.length);
    }
    return buffer.subarray(0, encoder.encodeInto(text, buffer).written);
  };
}

/** Reads chunks up to a chosen position. */
function byteReader(chunks: Iterable<Uint8Array>) {
  const iterator = chunks[Symbol.iterator]();
  let chunk: Uint8Array = new Uint8Array();
  return {
    /** The bytes that come next; none at the end. */
    peek(): Uint8Array {
      while (chunk.length === 0) {
        const { done, value } = iterator.next();
        if (done) break;
        chunk = value;
      }
      return chunk;
    },
    skip(length: number): void {
      chunk = chunk.subarray(length);
    },
  };
}

/** A hash that can be forked where two texts begin to differ. */
function runningDigest(hash: Digest = startDigest(), length = 0) {
  return {
    update(bytes: Uint8Array): void {
      hash.update(bytes);
      length += bytes.length;
    },
    copy: () => runningDigest(hash.copy(), length),
    end: (): ArtifactDigest => ({ sha256: hash.hex(), bytes: length }),
  };
}

function commonLength(a: Uint8Array, b: Uint8Array): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) {
    length += 1;
  }
  return length;
}

function newlinesIn(bytes: Uint8Array): number {
  let count = 0;
  for (
    let at = bytes.indexOf(NEWLINE);
    at >= 0;
    at = bytes.indexOf(NEWLINE, at + 1)
  ) count += 1;
  return count;
}

const lenient = new TextDecoder("utf-8", { ignoreBOM: true });

function firstLine(bytes: Uint8Array): string {
  const end = bytes.indexOf(NEWLINE);
  return lenient.decode(end < 0 ? bytes : bytes.subarray(0, end));
}
