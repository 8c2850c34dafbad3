import { quoted, terminalLine } from "./untrusted_text.ts";

/** How many characters of a value are shown. */
const MAX_LENGTH = 200;

/** How many of them both values begin with, at most. */
const MAX_COMMON = 40;

/** How many characters of a line are shown. */
const LINE_LENGTH = 72;

/** How many of them both lines begin with, at most. */
const LINE_COMMON = 24;

/**
 * Shows two values of a record that differ, each on one line. Long values are
 * shown from shortly before the difference.
 */
export function valueExcerpts(
  one: unknown,
  other: unknown,
): readonly [string, string] {
  const texts = [jsonOf(one), jsonOf(other)] as const;
  const start = Math.max(0, commonLength(...texts) - MAX_COMMON);
  return [cut(texts[0], start), cut(texts[1], start)];
}

/** Quotes two lines of files that differ, from shortly before they differ. */
export function lineExcerpts(
  one: string,
  other: string,
): readonly [string, string] {
  const from = Math.max(0, commonLength(one, other) - LINE_COMMON);
  return [lineExcerpt(one, from), lineExcerpt(other, from)];
}

/** Quotes the part of a line that begins at a character, by default at the first. */
export function lineExcerpt(line: string, from: number = 0): string {
  const part = quoted(line.slice(from, from + LINE_LENGTH));
  return from > 0 ? `…${part}` : part;
}

function jsonOf(value: unknown): string {
  return JSON.stringify(value) ?? "nothing";
}

function commonLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}

function cut(text: string, start: number): string {
  const from = text.length <= MAX_LENGTH ? 0 : start;
  const part = text.slice(from, from + MAX_LENGTH);
  return `${from > 0 ? "…" : ""}${terminalLine(part)}${
    from + part.length < text.length ? "…" : ""
  }`;
}
