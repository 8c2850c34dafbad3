/**
 * Makes text from outside safe to show: text of a model, a server, a record, a
 * file or its name must not control a terminal or hide anything from its reader.
 * Letters of all scripts stay as they are. An emoji that is joined or varied by
 * characters that cannot be seen (U+200D, U+FE0F) is shown as its parts.
 *
 * @module
 */

/**
 * Characters that Unicode counts as letters, marks or symbols but that fonts
 * draw blank: an empty pattern of Braille, the place of an object, a filler of
 * Khitan, blanks of Egyptian hieroglyphs, a note of music without a head. For a
 * class of characters.
 */
export const BLANK_SIGNS = String
  .raw`\u2800\ufffc\u{16fe4}\u{13441}\u{13442}\u{1d159}`;

/**
 * Characters that a terminal may obey, that change the direction of writing, or
 * that are invisible: control and format characters, line and paragraph
 * separators, halves of characters, code points without a meaning or with a
 * private one, everything that Unicode lets a reader ignore, and what is blank
 * without being a space.
 */
const OBEYED = String
  .raw`\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}${BLANK_SIGNS}`;

const OBEYED_ANYWHERE = new RegExp(`[${OBEYED}]`, "gu");
const OBEYED_IN_LINES = new RegExp(`(?![\\n\\t])[${OBEYED}]`, "gu");
const OBEYED_OR_BLANK = new RegExp(`[${OBEYED}\\s]+`, "gu");

/**
 * The same without unassigned and private code points and blank signs, and
 * written out as ranges: a report must stay the same, byte for byte, under a
 * later version of Unicode.
 */
const OBEYED_IN_REPORTS =
  // deno-lint-ignore no-control-regex
  /[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\p{Cs}\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu;

/**
 * Shows text of several lines on a terminal: line feeds and tabs stay, all other
 * control and invisible characters are spelled out.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(terminalText("a\n\tb\u001b[2J"), "a\n\tb\\u{001b}[2J");
 * ```
 */
export function terminalText(text: string): string {
  return text.replace(OBEYED_IN_LINES, braced);
}

/** Shows text on one line of a terminal, line feeds and tabs spelled out as well. */
export function terminalLine(text: string): string {
  return text.replace(OBEYED_ANYWHERE, braced);
}

/**
 * Puts text from outside on one line: control characters, line ends and
 * direction changes become spaces; text beyond `length` characters is cut.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(oneLine("a\r\n\u001b[2Jb"), "a [2Jb");
 * assertEquals(oneLine("abc", 2), "ab…");
 * ```
 */
export function oneLine(text: string, length = 120): string {
  // The text far beyond the cut need not be looked at.
  const start = text.slice(0, 8 * length);
  const flat = start.replace(OBEYED_OR_BLANK, " ").trim();
  return flat.length > length || start.length < text.length
    ? `${flat.slice(0, length).replace(/\p{C}$/u, "")}…`
    : flat;
}

const MAX_QUOTED = 160;

/** Quotes text from outside in a message: one short line of printable ASCII only. */
export function quoted(text: string): string {
  const cut = text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;
  return JSON.stringify(cut).replace(/[^\x20-\x7e…]/g, unitsEscaped);
}

/**
 * Writes text for XML 1.0, between tags or in an attribute: line feeds and tabs
 * stay, all other control and invisible characters are spelled out, since XML
 * forbids most of them and its readers show what they decode.
 */
export function xmlText(text: string): string {
  return terminalText(text)
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/**
 * Writes text for HTML, between tags or in a quoted attribute: nothing of it is
 * markup, and control and invisible characters are spelled out.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(htmlText("<b title='a&b'>"), "&lt;b title=&#39;a&amp;b&#39;&gt;");
 * ```
 */
export function htmlText(text: string): string {
  return xmlText(text).replaceAll("'", "&#39;");
}

/**
 * Where a cell of a table begins to be a formula for a spreadsheet: at its beginning,
 * and after what a spreadsheet of another language may take for the end of a cell.
 */
const FORMULA = /(^|[,;|\t])([\s"']*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g;

/**
 * Writes a text as a cell of CSV (RFC 4180), quoted. A spreadsheet calculates
 * nothing of it: what could begin a formula gets an apostrophe before it, and line
 * ends, tabs and what cannot be seen are spelled out.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(csvCell('say "hi"'), '"say ""hi"""');
 * assertEquals(csvCell("=1+2"), `"'=1+2"`);
 * ```
 */
export function csvCell(text: string): string {
  const line = terminalLine(text).replace(FORMULA, "$1$2'");
  return `"${line.replaceAll('"', '""')}"`;
}

/**
 * Writes a value as JSON on one line, and what a terminal may obey or nobody can
 * see as `\u` escapes: a reader of JSON finds the same value. Nothing is written of
 * what JSON has no place for, such as `undefined`, but `null`.
 */
export function jsonText(value: unknown): string {
  return (JSON.stringify(value) ?? "null").replace(
    OBEYED_ANYWHERE,
    unitsEscaped,
  );
}

/** Shows text on a line of a Markdown report; line ends are spelled out too. */
export function markdownLine(text: string): string {
  return text.replace(
    OBEYED_IN_REPORTS,
    (character) =>
      character.length > 1
        ? `\\u{${hexOf(character, 0)}}`
        : unitsEscaped(character),
  );
}

function braced(character: string): string {
  return `\\u{${hexOf(character, 4)}}`;
}

/** As JSON spells a character: each of its UTF-16 units. */
function unitsEscaped(character: string): string {
  let escapes = "";
  for (let at = 0; at < character.length; at += 1) {
    const hex = character.charCodeAt(at).toString(16).padStart(4, "0");
    escapes += `\\u${hex}`;
  }
  return escapes;
}

function hexOf(character: string, digits: number): string {
  return (character.codePointAt(0) ?? 0).toString(16).padStart(digits, "0");
}
