import type { Pattern, Span } from "./pattern.ts";

/** What stands in the place of what was taken out. */
export const REDACTED = "[redacted]";

/**
 * How many matches are looked for as a message quotes them; each takes a search of
 * its own. Where there are more, a text that may quote one is replaced as a whole.
 */
const MAX_QUOTED = 100;

/**
 * How many matches are looked for in a text, each times the size of its pattern:
 * with `a[^z]*z|a` each search looks ahead to the end. Where there are more, the
 * text is replaced as a whole, so that all of it takes a time that grows with its
 * length, whatever a model wrote.
 */
const MAX_SEARCHES = 2 ** 12;

/**
 * Makes what replaces, in the texts of one event, what patterns match in any of
 * them, also where a message quotes it as JSON: there a pattern may not match any
 * more. All is looked for in what was written, never in what replaced it.
 */
export function redactedTexts(
  event: object,
  patterns: readonly Pattern[],
): (text: string) => string {
  const covered = new Map<string, readonly Span[]>();
  const quoted = new Set<string>();
  let isKnown = true;
  JSON.stringify(event, (_key, value: unknown) => {
    if (typeof value !== "string" || covered.has(value)) return value;
    const all = found(value, patterns);
    isKnown &&= all !== undefined;
    addQuoted(quoted, value, all ?? []);
    covered.set(value, merged(all ?? [{ start: 0, end: value.length }]));
    return value;
  });
  return (text) => {
    const all = covered.get(text) ?? [];
    // What is quoted differently has a backslash.
    if (!text.includes("\\")) return replaced(text, all);
    if (!isKnown || quoted.size > MAX_QUOTED) return REDACTED;
    const places = [...quoted].flatMap((each) => occurrences(each, text));
    return replaced(text, merged(all.concat(places)));
  };
}

/** All that the patterns match; `undefined` when that is too much. */
function found(
  text: string,
  patterns: readonly Pattern[],
): readonly Span[] | undefined {
  const all: Span[] = [];
  let left = MAX_SEARCHES;
  for (const { matches, size } of patterns) {
    for (const match of matches(text)) {
      left -= size;
      if (left < 0) return undefined;
      if (match.start < match.end) all.push(match);
    }
  }
  return all;
}

/** Adds how JSON spells what was found, where it spells it differently. */
function addQuoted(
  quoted: Set<string>,
  text: string,
  found: readonly Span[],
): void {
  if (found.length === 0 || asQuoted(text) === text) return;
  for (const { start, end } of found) {
    if (quoted.size > MAX_QUOTED) return;
    const match = text.slice(start, end);
    const spelled = asQuoted(match);
    if (spelled !== match) quoted.add(spelled);
  }
}

function asQuoted(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function occurrences(part: string, text: string): readonly Span[] {
  const found: Span[] = [];
  let start = text.indexOf(part);
  while (start >= 0) {
    const end = start + part.length;
    found.push({ start, end });
    start = text.indexOf(part, end);
  }
  return found;
}

/** Makes one of those that overlap or touch. */
function merged(matches: readonly Span[]): readonly Span[] {
  const all: { start: number; end: number }[] = [];
  for (const { start, end } of matches.toSorted((a, b) => a.start - b.start)) {
    const last = all.at(-1);
    if (last === undefined || start > last.end) all.push({ start, end });
    else last.end = Math.max(last.end, end);
  }
  return all;
}

function replaced(text: string, matches: readonly Span[]): string {
  let rest = "";
  let done = 0;
  for (const { start, end } of matches) {
    rest += text.slice(done, start) + REDACTED;
    done = end;
  }
  return rest + text.slice(done);
}
