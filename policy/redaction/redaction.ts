import { REDACTED, redactedText, redactionBudget } from "./redacted_text.ts";
import { compileJsonPath } from "./json_path.ts";
import { compilePattern } from "../../tools/data/pattern.ts";

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
export const STRUCTURE = new Set([
  ...[
    "type",
    "v",
    "seq",
    "ts",
    "step",
    "call",
    "started_at",
    "run_id",
    "call_id",
  ],
  ...["decision", "rule_id", "verdict", "outcome"],
  ...["failure_mode", "terminal_reason"],
]);

/** The same, of what an event holds. */
const INNER_STRUCTURE = new Set([
  ...["kind", "execution_path", "version", "sha256"],
]);

/** What is in no span and in no report, however deep it goes. */
export const UNSEEN = new Set(["facts", "turn"]);

/** What calls were given and gave back, however deep it goes: shown only where that is asked for. */
export const CONTENT = new Set(["args_json", "args", "result", "redirect"]);

/**
 * Makes what takes out of an event what must not leave the record. What it returns
 * is a copy, in which what is in no span and what calls were given and gave back is
 * `null`; `contentRedactor` is for the latter. Make one for each run: what it may
 * search is counted from the first event to the last, and texts beyond that are
 * replaced as a whole.
 */
export function redactor(
  { patterns = [], paths = [] }: Redaction = {},
): <T extends object>(event: T) => T {
  if (patterns.length + paths.length === 0) return (event) => event;
  const searched = {
    patterns: patterns.map(compilePattern),
    budget: redactionBudget(),
  };
  const selectors = paths.map(compileJsonPath);
  return (event) => {
    const seen: object = Object.fromEntries(
      Object.entries(event).map(([key, value]) => [
        key,
        UNSEEN.has(key) || CONTENT.has(key) ? null : value,
      ]),
    );
    const hidden = new Map<object, Set<string>>();
    const places = selectors.flatMap((each) => [...each.places(seen)]);
    for (const { holder, key } of places) {
      hidden.set(holder, (hidden.get(holder) ?? new Set()).add(key));
    }
    const below = new Set<unknown>();
    return JSON.parse(JSON.stringify(seen, function (key, value: unknown) {
      const isHidden = below.has(this) || hidden.get(this)?.has(key) === true;
      if (isHidden && typeof value === "object") below.add(value);
      const structure = this === seen ? STRUCTURE : INNER_STRUCTURE;
      if (typeof value !== "string" || structure.has(key)) return value;
      return isHidden ? REDACTED : redactedText(value, searched);
    }));
  };
}
