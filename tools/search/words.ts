/** The separators of minisearch; the length of a text is counted in the words between them. */
const BETWEEN = /[\n\r\p{Z}\p{P}]+/u;

/** More separators, found in code, markup and tables. */
const IN_CODE = /[\s\p{Cc}<>=|`]+/u;

/** Scripts that do not separate words. */
const SCRIPTS = [
  "Han",
  "Hiragana",
  "Katakana",
  "Thai",
  "Lao",
  "Khmer",
  "Myanmar",
];
const LETTER = SCRIPTS.map((name) => `\\p{Script=${name}}`).join("");
const UNSPACED = new RegExp(`[${LETTER}]`, "u");

/** A stretch in such a script, with the signs that belong to it, or one in others. */
const STRETCH = new RegExp(
  `[${LETTER}][${LETTER}\\p{M}ー]*|[^${LETTER}]+`,
  "gu",
);

let segmenter: Intl.Segmenter | undefined;

/**
 * Splits a text into words, as they are written. In scripts that do not separate
 * words, the dictionaries of ICU find them. They are part of the Deno binary, so
 * the same version of Deno splits alike on every machine.
 */
export function wordsOf(text: string): string[] {
  const pieces = text.split(BETWEEN);
  const words = pieces.some(isJoined)
    ? pieces.flatMap((piece) => isJoined(piece) ? partsOf(piece) : [piece])
    : pieces;
  return UNSPACED.test(text) ? words.flatMap(segments) : words;
}

function isJoined(piece: string): boolean {
  return piece.length > 1 && IN_CODE.test(piece);
}

function partsOf(piece: string): readonly string[] {
  return piece.split(IN_CODE).filter((part) => part !== "");
}

/** Whether the words of its script are found by their parts, since nothing separates them. */
export function isUnspaced(word: string): boolean {
  return UNSPACED.test(word);
}

function segments(piece: string): readonly string[] {
  if (!UNSPACED.test(piece)) return [piece];
  // The locale is fixed: that of the machine must not matter.
  const dictionary = segmenter ??= new Intl.Segmenter("en", {
    granularity: "word",
  });
  return (piece.match(STRETCH) ?? []).flatMap((stretch) =>
    UNSPACED.test(stretch)
      ? Array.from(dictionary.segment(stretch), ({ segment }) => segment)
      : [stretch]
  );
}
