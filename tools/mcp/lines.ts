/** A line that could not be read. */
export interface UnreadLine {
  readonly fault: string;
}

/**
 * Yields the lines of a stream of bytes as they come, without their ends; empty
 * ones are left out. A line that is not UTF-8 is a fault and the next one is read
 * on; one that is longer than `maxBytes` is a fault after which nothing comes. A
 * last line without an end does not count: its writer may have died over it.
 */
export async function* byteLines(
  chunks: AsyncIterable<Uint8Array>,
  { maxBytes }: { readonly maxBytes: number },
): AsyncGenerator<string | UnreadLine, void> {
  let parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (
      let end = chunk.indexOf(NEWLINE);
      end >= 0;
      end = chunk.indexOf(NEWLINE, start)
    ) {
      parts.push(chunk.subarray(start, end));
      start = end + 1;
      const line = decoded(parts);
      parts = [];
      length = 0;
      if (line !== "") yield line;
    }
    if (start === chunk.length) continue;
    // The buffer of a chunk may be used again for the next one.
    const rest = chunk.slice(start);
    parts.push(rest);
    length += rest.length;
    if (length > maxBytes) {
      yield { fault: `a line is longer than ${maxBytes} bytes` };
      return;
    }
  }
}

const NEWLINE = 10;

const STRICT = { fatal: true, ignoreBOM: true } as const;

/** For lines that came as one; it remembers nothing of them. */
const DECODER = new TextDecoder("utf-8", STRICT);

function decoded(parts: readonly Uint8Array[]): string | UnreadLine {
  try {
    const text = parts.length === 1 ? DECODER.decode(parts[0]) : joined(parts);
    return text.endsWith("\r") ? text.slice(0, -1) : text;
  } catch {
    return { fault: "a line is not UTF-8" };
  }
}

function joined(parts: readonly Uint8Array[]): string {
  const decoder = new TextDecoder("utf-8", STRICT);
  let text = "";
  for (const part of parts) text += decoder.decode(part, { stream: true });
  return text + decoder.decode();
}
