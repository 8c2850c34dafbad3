import type { Pattern, Span } from "../../tools/data/pattern.ts";

/** What stands in the place of what was taken out. */
export const REDACTED = "[redacted]";

/**
 * How many matches are looked for in a text, each times the size of its pattern:
 * with `a[^z]*z|a` each search looks ahead to the end. Where there are more, the
 * text is replaced as a whole, so that all of it takes a time that grows with its
 * length, whatever a model wrote.
 */
const MAX_SEARCHES = 2 ** 12;

/**
 * How many steps, characters times instructions, all searches of a run after a
 * match may take: so many at the start, and so many more with each character of
 * its texts.
 */
const FIRST_STEPS = 2 ** 26;
const STEPS_A_CHARACTER = 2 ** 6;

/** How often a text may be quoted as JSON within JSON. */
const MAX_DEPTH = 3;

const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt]))/g;

/** What the letters of an escape stand for; any other stands for itself. */
const CONTROLS: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/** A text, and where each of its code units comes from, the end included. */
interface Reading {
  readonly text: string;
  /** Left out where each comes from its own place. */
  readonly origins?: Uint32Array;
}

/** What is left of the steps of a run. It is the same for each text whenever the texts come in the same order. */
export interface RedactionBudget {
  steps: number;
}

/** The steps that a run begins with. */
export function redactionBudget(): RedactionBudget {
  return { steps: FIRST_STEPS };
}

/**
 * Replaces what patterns match in a text, also where it quotes something as JSON:
 * escapes are read as what they stand for, and as what that stands for. All is
 * looked for in what was written, never in what replaced it. A text for which
 * nothing is left of the budget is replaced as a whole.
 */
export function redactedText(
  text: string,
  { patterns, budget }: {
    readonly patterns: readonly Pattern[];
    readonly budget: RedactionBudget;
  },
): string {
  budget.steps += text.length * STEPS_A_CHARACTER;
  const all: Span[] = [];
  let left = MAX_SEARCHES;
  for (const { text: read, origins } of readings(text)) {
    for (const { matches, size } of patterns) {
      for (const { start, end } of matches(read)) {
        left -= size;
        // The next search may go to the end of the text.
        const steps = (read.length - end) * size;
        if (left < 0 || steps > budget.steps) return REDACTED;
        budget.steps -= steps;
        if (start === end) continue;
        all.push({
          start: origins?.[start] ?? start,
          end: origins?.[end] ?? end,
        });
      }
    }
  }
  return replaced(text, all);
}

/** A text as it stands, then without one layer of escapes after the other. */
function* readings(text: string): Generator<Reading> {
  let reading: Reading = { text };
  for (let depth = 0;; depth++) {
    yield reading;
    if (depth === MAX_DEPTH || !reading.text.includes("\\")) return;
    reading = unescaped(reading);
  }
}

function unescaped({ text, origins }: Reading): Reading {
  const kept = new Uint32Array(text.length + 1);
  const parts: string[] = [];
  let length = 0;
  let done = 0;
  function keep(part: string, from: number): void {
    parts.push(part);
    for (let at = 0; at < part.length; at++) {
      kept[length + at] = origins?.[from + at] ?? from + at;
    }
    length += part.length;
  }
  for (const found of text.matchAll(ESCAPE)) {
    const [escape, code, letter = ""] = found;
    const { index } = found;
    keep(text.slice(done, index), done);
    const unit = code === undefined
      ? CONTROLS[letter] ?? letter
      : String.fromCharCode(parseInt(code, 16));
    keep(unit, index);
    done = index + escape.length;
  }
  keep(text.slice(done), done);
  kept[length] = origins?.[text.length] ?? text.length;
  return { text: parts.join(""), origins: kept };
}

function replaced(text: string, matches: readonly Span[]): string {
  let rest = "";
  let done = 0;
  for (const { start, end } of merged(matches)) {
    rest += text.slice(done, start) + REDACTED;
    done = end;
  }
  return rest + text.slice(done);
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
