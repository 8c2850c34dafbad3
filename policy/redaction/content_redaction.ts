import type { Json } from "../../tools/data/json.ts";
import { compilePattern } from "../../tools/data/pattern.ts";
import { compileJsonPath } from "./json_path.ts";
import { REDACTED, redactedText, redactionBudget } from "./redacted_text.ts";
import type { Redaction } from "./redaction.ts";

/**
 * Writes what calls were given and gave back as text, without what must not leave
 * the record.
 */
export interface ContentRedaction {
  /** The arguments of a call: their raw text, or the value as JSON. */
  arguments(value: Json): string;
  /** The result of a call, or where it is redirected, as JSON. */
  result(value: Json): string;
}

/** The keys of events that hold the same, which a path may begin with. */
const KEYS = {
  arguments: ["args", "args_json"],
  result: ["result", "redirect"],
} as const;

/**
 * Makes what redacts the contents of a run. Patterns are looked for in the whole
 * text, names of keys included. A path that leads into a content, or may, hides all
 * of it: what one place of it says, another one can repeat. Like `redactor`, it
 * counts what it may search, so each run gets its own.
 */
export function contentRedactor(
  { patterns = [], paths = [] }: Redaction = {},
): ContentRedaction {
  const searched = {
    patterns: patterns.map(compilePattern),
    budget: redactionBudget(),
  };
  const selectors = paths.map(compileJsonPath);

  function isHidden(kind: keyof typeof KEYS, value: Json): boolean {
    return selectors.some(({ top, places }) =>
      top === undefined
        ? KEYS[kind].some((key) => [...places({ [key]: value })].length > 0)
        : KEYS[kind].some((key) => key === top)
    );
  }

  function written(kind: keyof typeof KEYS, value: Json): string {
    if (isHidden(kind, parsed(value))) return REDACTED;
    const text = typeof value === "string" && kind === "arguments"
      ? value
      : JSON.stringify(value);
    return searched.patterns.length === 0 ? text : redactedText(text, searched);
  }

  return {
    arguments: (value) => written("arguments", value),
    result: (value) => written("result", value),
  };
}

/** The raw text of arguments as the value that it is, if it is one. */
function parsed(value: Json): Json {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
