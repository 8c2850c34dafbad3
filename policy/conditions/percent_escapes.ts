const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });
const BEYOND_ASCII = /(?:%[89a-f][0-9a-f])+/gi;

/**
 * A text with its percent escapes decoded, once. A malformed escape stands for
 * U+FFFD, so that it does not hide the ones beside it.
 */
export function unescaped(text: string): string {
  const runs = text.match(BEYOND_ASCII) ?? [];
  const decoded = decodedRuns(runs);
  let [plain, end, run] = ["", 0, 0];
  for (let at = text.indexOf("%"); at >= 0; at = text.indexOf("%", at)) {
    const byte = byteAt(text, at);
    if (byte < 0) {
      at += 1;
      continue;
    }
    plain += text.slice(end, at);
    if (byte < 0x80) {
      plain += String.fromCharCode(byte);
      at += 3;
    } else {
      plain += decoded[run] ?? "";
      at += runs[run]?.length ?? 3;
      run += 1;
    }
    end = at;
  }
  return plain + text.slice(end);
}

const SPACE = " ";

/** Decodes runs of escapes all at once, since a call of the decoder costs more than its work. No run decodes to a space, so a space separates them. */
function decodedRuns(runs: readonly string[]): readonly string[] {
  if (runs.length === 0) return [];
  const bytes = runs.flatMap((run) => {
    const escapes = Array.from(
      { length: run.length / 3 },
      (_, index) => byteAt(run, 3 * index),
    );
    return [...escapes, SPACE.charCodeAt(0)];
  });
  return DECODER.decode(new Uint8Array(bytes)).split(SPACE);
}

/** The byte of an escape; -1 where there is no escape. */
function byteAt(text: string, at: number): number {
  const high = digit(text.charCodeAt(at + 1));
  const low = digit(text.charCodeAt(at + 2));
  return high < 0 || low < 0 ? -1 : 16 * high + low;
}

/** The value of a hexadecimal digit; -1 for another character, or none. */
function digit(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const small = unit | 0x20;
  return small >= 0x61 && small <= 0x66 ? small - 0x57 : -1;
}
