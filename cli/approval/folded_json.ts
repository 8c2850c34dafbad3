import { BLANK_SIGNS } from "../../tools/data/untrusted_text.ts";
import { isList, type Json, type JsonObject } from "../../tools/data/json.ts";

/** A text longer than this is folded, in UTF-16 code units. */
const MAX_TEXT = 400;
/** How much of a folded text is shown at its beginning and at its end. */
const SHOWN = { head: 240, tail: 120 };
/** How long the whole may be while each part gets a readable share. */
const MAX_WHOLE = 4000;
/** The shortest share of a part. */
const MIN_PART = 60;
/** The share when there are too many parts for that. */
const SHOWN_PARTS = { head: 3000, tail: 1000 };

/** Blanks that push what follows them out of sight. */
const BLANKS = new RegExp(`[\\s${BLANK_SIGNS}]{8,}`, "gu");

/** Units that must not be cut in two: a fold, an escape, a character. */
const ATOMS = /\\\{[^}]*\}|\\u[0-9a-f]{4}|\\.|./gsu;

/**
 * Writes a value as JSON on one line for a person. The middle of a long text and
 * runs of blanks are folded and their length is shown, so that the end of
 * everything can be seen. A value that is long as a whole is folded part by
 * part: each argument keeps its head and its end; if there are too many, their
 * number is shown. A fold is spelled `\{…}`, which cannot occur in JSON.
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
  if (typeof value !== "object" || value === null) return text;
  return isList(value)
    ? `[${foldedParts(value.map(written), "values")}]`
    : `{${foldedParts(members(value), "arguments")}}`;
}

/** As many parts as can be read, each with its head and its end. */
function foldedParts(parts: readonly string[], kind: string): string {
  const cap = fairShare(parts);
  if (cap >= MIN_PART) return parts.map((part) => cut(part, cap)).join(",");
  const short = parts.map((part) => cut(part, MIN_PART));
  const head = countWithin(short, SHOWN_PARTS.head);
  const tail = countWithin(short.toReversed(), SHOWN_PARTS.tail);
  const left = parts.length - head - tail;
  return [
    ...short.slice(0, head),
    `\\{… ${left} of ${parts.length} ${kind} …}`,
    ...short.slice(-tail),
  ].join(",");
}

/**
 * The length to which parts are cut so that all of them fit; shorter parts leave
 * room for the others.
 */
function fairShare(parts: readonly string[]): number {
  const lengths = parts.map(({ length }) => length).toSorted((a, b) => a - b);
  let room = MAX_WHOLE;
  for (const [index, length] of lengths.entries()) {
    const share = Math.floor(room / (lengths.length - index));
    if (length > share) return share;
    room -= length;
  }
  return MAX_WHOLE;
}

function countWithin(parts: readonly string[], room: number): number {
  let used = 0;
  const over = parts.findIndex((part) => (used += part.length) > room);
  return over === -1 ? parts.length : over;
}

/** Cuts the middle out of written JSON, but never an escape, a fold or a character in two. */
function cut(text: string, cap: number): string {
  if (text.length <= cap) return text;
  const atoms = text.match(ATOMS) ?? [];
  const head = atoms.slice(0, countWithin(atoms, cap * 2 / 3)).join("");
  const tail = atoms.slice(-countWithin(atoms.toReversed(), cap / 3)).join("");
  return head + left(text.length - head.length - tail.length, text.length) +
    tail;
}

function written(value: Json): string {
  if (typeof value === "string") return `"${foldedText(value)}"`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(written).join(",")}]`;
  return `{${members(value).join(",")}}`;
}

function members(value: JsonObject): readonly string[] {
  return Object.entries(value).map(([key, each]) =>
    `"${foldedText(key)}":${written(each)}`
  );
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

/** A text as JSON writes it between quotes. */
function inner(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
