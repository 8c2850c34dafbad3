import { z } from "../deps.ts";
import { REDACTED, redactedTexts } from "./_redacted_texts.ts";
import { compileJsonPath } from "./json_path.ts";
import { compilePattern } from "./pattern.ts";

/** What does not leave the record: it is replaced in exported spans and in the report. */
export interface Redaction {
  /**
   * Regular expressions of RE2's syntax (https://github.com/google/re2/wiki/Syntax);
   * what they match in a text is replaced. Default: none.
   */
  readonly patterns?: readonly string[] | undefined;
  /** JSONPaths into the events of the ledger; the texts there are replaced as a whole. Default: none. */
  readonly paths?: readonly string[] | undefined;
}

/**
 * What makes an event what it is, and is never replaced: projections go by it. The
 * id of a call is the only one of them that a model chooses.
 */
const STRUCTURE = new Set([
  ...["type", "v", "seq", "ts", "step", "started_at", "run_id", "call_id"],
  ...["decision", "rule_id", "verdict", "outcome"],
  ...["failure_mode", "terminal_reason"],
]);

/** The same, of what an event holds. */
const INNER_STRUCTURE = new Set([
  ...["kind", "execution_path", "version", "sha256"],
]);

/** What neither spans nor the report show, however deep it goes. */
const UNSEEN = new Set(["args", "result", "redirect", "facts"]);

/** How many patterns and how many paths there may be, and of how many characters. */
const MAX_ENTRIES = 100;
const MAX_LENGTH = 1000;

/**
 * How many instructions all patterns may have together: a text takes so many steps
 * a character at the most, and a step some hundred-millionths of a second. A
 * pattern has about one a character, and those that it repeats as often as it does.
 */
const MAX_INSTRUCTIONS = 1000;

const entries = z.array(
  z.string().check(
    z.maxLength(MAX_LENGTH, `expected at most ${MAX_LENGTH} characters`),
  ),
).check(z.maxLength(MAX_ENTRIES, `expected at most ${MAX_ENTRIES} entries`));

/** The schema of `redact` in a policy. */
export const redactionSchema: z.ZodMiniType<Redaction> = z.strictObject({
  patterns: z.optional(entries.check(checkPatterns)),
  paths: z.optional(entries.check(checkPaths)),
});

function checkPatterns({ value, issues }: Entries): void {
  let instructions = 0;
  for (const [index, text] of worthChecking(value)) {
    const { size, fault } = judged(text);
    instructions += size;
    const message = instructions > MAX_INSTRUCTIONS
      ? `the patterns up to this one have ${instructions} instructions, more than ${MAX_INSTRUCTIONS}`
      : fault;
    if (message !== undefined) {
      issues.push({ code: "custom", input: text, path: [index], message });
    }
    if (instructions > MAX_INSTRUCTIONS) return;
  }
}

function checkPaths({ value, issues }: Entries): void {
  for (const [index, text] of worthChecking(value)) {
    const message = pathFault(text);
    if (message === undefined) continue;
    issues.push({ code: "custom", input: text, path: [index], message });
  }
}

type Entries = z.core.ParsePayload<string[]>;

/** What is within the limits, so that the rest takes no time. */
function worthChecking(
  value: readonly string[],
): readonly (readonly [number, string])[] {
  return [...value.entries()].slice(0, MAX_ENTRIES)
    .filter(([, text]) => text.length <= MAX_LENGTH);
}

function judged(
  text: string,
): { readonly size: number; readonly fault?: string | undefined } {
  try {
    const { size, matchesEmpty } = compilePattern(text);
    return {
      size,
      fault: matchesEmpty
        ? "the pattern can match nothing at all; expected one that takes a character"
        : undefined,
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      size: 0,
      fault: `expected a regular expression of RE2's syntax: ${
        why.replace(/^error parsing regexp: /, "")
      }`,
    };
  }
}

function pathFault(text: string): string | undefined {
  try {
    compileJsonPath(text);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const [, name = ""] = /^\$\.(\w+)$/.exec(text) ?? [];
  return STRUCTURE.has(name)
    ? `"${name}" is never replaced: spans and report go by it`
    : undefined;
}

/**
 * Makes what takes out of an event what must not leave the record. What it returns
 * is a copy, in which what neither spans nor the report show is `null`.
 */
export function redactor(
  { patterns = [], paths = [] }: Redaction = {},
): <T extends object>(event: T) => T {
  if (patterns.length + paths.length === 0) return (event) => event;
  const compiled = patterns.map(compilePattern);
  const selectors = paths.map(compileJsonPath);
  return (event) => {
    const seen: object = Object.fromEntries(
      Object.entries(event).map(([key, value]) => [
        key,
        UNSEEN.has(key) ? null : value,
      ]),
    );
    const hidden = new Map<object, Set<string>>();
    const places = selectors.flatMap((each) => [...each.places(seen)]);
    for (const { holder, key } of places) {
      hidden.set(holder, (hidden.get(holder) ?? new Set()).add(key));
    }
    const cleaned = redactedTexts(seen, compiled);
    const below = new Set<unknown>();
    return JSON.parse(JSON.stringify(seen, function (key, value: unknown) {
      const isHidden = below.has(this) || hidden.get(this)?.has(key) === true;
      if (isHidden && typeof value === "object") below.add(value);
      const structure = this === seen ? STRUCTURE : INNER_STRUCTURE;
      if (typeof value !== "string" || structure.has(key)) return value;
      return isHidden ? REDACTED : cleaned(value);
    }));
  };
}
