import { joinedBytes } from "../../tools/data/joined_bytes.ts";
import { MAX_LINE_BYTES } from "../file_limits.ts";

/** One line of a file, as it is stored. */
export interface ByteLine {
  /** Number of the line, from 1. */
  readonly line: number;
  /** Its bytes, without the newline; valid until the next line is asked for. */
  readonly bytes: Uint8Array;
  /** Whether a newline ends it; only the last line may lack one. */
  readonly terminated: boolean;
  /** Whether it is longer than the limit; its bytes are then not all there, and no line follows. */
  readonly cut: boolean;
}

const NEWLINE = 10;

/**
 * Splits a stream of bytes into lines. It holds one chunk and at most `maxBytes`
 * of one line. It stops after a longer line, so that a large binary file ends
 * soon. Default: 64 MiB.
 */
export function* byteLines(
  chunks: Iterable<Uint8Array>,
  maxBytes: number = MAX_LINE_BYTES,
): Generator<ByteLine, void> {
  let line = 0;
  let parts: Uint8Array[] = [];
  let length = 0;

  /** Keeps the beginning of a line that continues in the next chunk. */
  function keep(part: Uint8Array): void {
    parts.push(part.slice(0, maxBytes + 1 - length));
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
    length = 0;
    return { line, bytes, terminated, cut: false };
  }

  function cutOff(): ByteLine {
    line += 1;
    return { line, bytes: concat(parts), terminated: false, cut: true };
  }

  for (const chunk of chunks) {
    for (let from = 0; from < chunk.length;) {
      const to = chunk.indexOf(NEWLINE, from);
      const part = chunk.subarray(from, to < 0 ? chunk.length : to);
      const isOver = length + part.length > maxBytes;
      if (isOver || to < 0) keep(part);
      if (isOver) return yield cutOff();
      if (to < 0) break;
      yield close(part, true);
      from = to + 1;
    }
  }
  if (length > 0) yield close(new Uint8Array(), false);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return joinedBytes(parts);
}
