import { z } from "../../deps.ts";
import { compileJsonPath } from "../redaction/json_path.ts";
import { optionalKey } from "../../tools/data/described.ts";
import { compilePattern } from "../../tools/data/pattern.ts";
import {
  CONTENT,
  type Redaction,
  STRUCTURE,
  UNSEEN,
} from "../redaction/redaction.ts";
import { unique } from "./unique.ts";

/** Where else an event has texts. */
const TEXTS = new Set([
  ...["task", "policy", "llm", "corpus", "tools", "runtime_version"],
  ...["answer", "calls", "finish_reason", "raw", "error"],
  ...["tool", "reason", "metadata", "call_sha256", "idempotency_key"],
  ...["asked", "approver", "bound_to", "answered_by", "totals"],
  ...CONTENT,
]);

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
).check(
  z.maxLength(MAX_ENTRIES, `expected at most ${MAX_ENTRIES} entries`),
  unique,
);

/** The schema of `redact` in a policy. */
export const redactionSchema: z.ZodMiniType<Redaction> = z.strictObject({
  patterns: optionalKey(entries.check(checkPatterns), {
    description:
      "Regular expressions of RE2's syntax; what they match in a text is replaced",
    default: [],
  }),
  paths: optionalKey(entries.check(checkPaths), {
    description:
      "JSONPaths into the events of the ledger; the texts there are replaced as a whole",
    default: [],
  }),
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
    const { top } = compileJsonPath(text);
    if (top === undefined || TEXTS.has(top)) return undefined;
    if (STRUCTURE.has(top)) {
      return `"${top}" is never replaced: spans and report go by it`;
    }
    return UNSEEN.has(top)
      ? `"${top}" is in neither spans nor report`
      : `no event has a text below "${top}"`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
