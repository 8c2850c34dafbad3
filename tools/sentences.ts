/**
 * Splits a paragraph into sentences by the rules of Unicode (UAX #29, section 5),
 * without a tailoring. A sentence keeps the spaces after it.
 *
 * The rules for printable ASCII are written out here: the first use of
 * `Intl.Segmenter` takes longer than all the rest of a short run's summaries.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sentences('It rose 1.5 % (approx. a third). "Why?" Rain.'), [
 *   "It rose 1.5 % (approx. a third). ",
 *   '"Why?" ',
 *   "Rain.",
 * ]);
 * ```
 */
export function sentences(paragraph: string): readonly string[] {
  if (PRINTABLE_ASCII.test(paragraph)) return asciiSentences(paragraph);
  segmenter ??= new Intl.Segmenter("en", { granularity: "sentence" });
  return [...segmenter.segment(paragraph)].map(({ segment }) => segment);
}

let segmenter: Intl.Segmenter | undefined;

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** `SATerm Close* Sp*`: rules SB9 and SB10 let nothing part it. */
const TERM = /[.!?][()[\]{}"']* */g;

/** Rule SB8a: `SContinue` or `SATerm` follows. */
const GOES_ON = /[,\-:;.!?]/y;

/** Rule SB8: the first letter after a full stop is a small one. */
const SMALL_LETTER = /[^A-Za-z.!?]*[a-z]/y;

function asciiSentences(text: string): readonly string[] {
  const found: string[] = [];
  let start = 0;
  for (const { 0: term, index } of text.matchAll(TERM)) {
    const end = index + term.length;
    if (goesOn(text, index, end)) continue;
    found.push(text.slice(start, end));
    start = end;
  }
  if (start < text.length) found.push(text.slice(start));
  return found;
}

/** Whether the sentence goes on after a term from `from` to `to`. */
function goesOn(text: string, from: number, to: number): boolean {
  if (matchesAt(GOES_ON, text, to)) return true;
  if (text[from] !== ".") return false;
  if (matchesAt(SMALL_LETTER, text, to)) return true;
  // Rules SB6 and SB7: "1.5", "U.S".
  const next = to === from + 1 ? text[to] ?? "" : "";
  return /[0-9]/.test(next) ||
    /[A-Z]/.test(next) && /[A-Za-z]/.test(text[from - 1] ?? "");
}

function matchesAt(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}
