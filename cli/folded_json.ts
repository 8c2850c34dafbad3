import { BLANK_SIGNS } from "../tools/data/untrusted_text.ts";
import { isList, type Json } from "../tools/json.ts";

/** A text longer than this is folded, in UTF-16 code units. */
const MAX_TEXT = 400;
/** How much of a folded text is shown at its beginning and at its end. */
const SHOWN = { head: 240, tail: 120 };
/** The same for all of it. */
const MAX_WHOLE = 4000;
const SHOWN_OF_WHOLE = { head: 3000, tail: 800 };

/** Blanks that push what follows them out of sight. */
const BLANKS = new RegExp(`[\\s${BLANK_SIGNS}]{8,}`, "gu");

/**
 * Writes a value as JSON on one line for a person: the middle of what is long is
 * folded, with its length, and so are runs of blanks, so that the end of everything
 * can be seen. A fold is spelled `\{…}`, which stands in no JSON.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   foldedJson({ path: `a${" ".repeat(40)}.sh` }),
 *   '{"path":"a\\{40 spaces}.sh"}',
 * );
 * ```
 */
export function foldedJson(value: Json): string {
  const text = written(value);
  if (text.length <= MAX_WHOLE) return text;
  const { head, tail } = SHOWN_OF_WHOLE;
  return text.slice(0, head) + left(text.length - head - tail, text.length) +
    text.slice(-tail);
}

function written(value: Json): string {
  if (typeof value === "string") return `"${foldedText(value)}"`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(written).join(",")}]`;
  const members = Object.entries(value).map(([key, each]) =>
    `"${foldedText(key)}":${written(each)}`
  );
  return `{${members.join(",")}}`;
}

function foldedText(text: string): string {
  if (text.length <= MAX_TEXT) return withoutBlanks(text);
  const { head, tail } = SHOWN;
  return withoutBlanks(text.slice(0, head)) +
    left(text.length - head - tail, text.length) +
    withoutBlanks(text.slice(-tail));
}

function left(count: number, length: number): string {
  return `\\{… ${count} of ${length} characters …}`;
}

function withoutBlanks(text: string): string {
  let result = "";
  let done = 0;
  for (const { 0: blanks, index } of text.matchAll(BLANKS)) {
    const kind = /^ +$/.test(blanks) ? "spaces" : "blanks";
    result += inner(text.slice(done, index)) + `\\{${blanks.length} ${kind}}`;
    done = index + blanks.length;
  }
  return result + inner(text.slice(done));
}

/** A text as it stands between the quotes of JSON. */
function inner(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
