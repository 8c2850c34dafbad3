/** One line of a file, as it is stored. */
export interface ByteLine {
  /** Number of the line, from 1. */
  readonly line: number;
  /** Its bytes, without the newline; valid until the next line is asked for. */
  readonly bytes: Uint8Array;
  /** Whether a newline ends it; only the last line may lack one. */
  readonly terminated: boolean;
  /** Whether it was longer than the limit; its bytes are then not all there. */
  readonly cut: boolean;
}

/** A result may take 4 Mi characters of JSON; no other line of a run comes near. */
const MAX_LINE_BYTES = 2 ** 26;

const NEWLINE = 10;

/**
 * Splits a stream of bytes into lines. It holds one chunk and one line, and of
 * a line no more than `maxBytes`. Default: 64 MiB.
 */
export function* byteLines(
  chunks: Iterable<Uint8Array>,
  maxBytes: number = MAX_LINE_BYTES,
): Generator<ByteLine, void> {
  let line = 0;
  let parts: Uint8Array[] = [];
  let length = 0;

  /** Keeps the beginning of a line, which goes on in the next chunk. */
  function keep(part: Uint8Array): void {
    if (length <= maxBytes) parts.push(part.slice(0, maxBytes + 1));
    length += part.length;
  }

  function close(part: Uint8Array, terminated: boolean): ByteLine {
    line += 1;
    let bytes = part;
    if (parts.length > 0) {
      keep(part);
      bytes = concat(parts);
      parts = [];
    }
    const cut = Math.max(length, part.length) > maxBytes;
    length = 0;
    return { line, bytes, terminated, cut };
  }

  for (const chunk of chunks) {
    let from = 0;
    for (
      let to = chunk.indexOf(NEWLINE);
      to >= 0;
      to = chunk.indexOf(NEWLINE, from)
    ) {
      yield close(chunk.subarray(from, to), true);
      from = to + 1;
    }
    if (from < chunk.length) keep(chunk.subarray(from));
  }
  if (length > 0) yield close(new Uint8Array(), false);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(
    parts.reduce((length, part) => length + part.length, 0),
  );
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
