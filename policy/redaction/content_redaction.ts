import { compilePattern } from "../../tools/data/pattern.ts";
import { compileJsonPath } from "./json_path.ts";
import { type ContentRedaction, plainContent } from "../plain_content.ts";
import { REDACTED, redactedText, redactionBudget } from "./redacted_text.ts";
import type { Redaction } from "./redaction.ts";

/** What events say that is not about a call: a path to it hides no content. */
const BESIDE_CALLS: ReadonlySet<string | undefined> = new Set([
  ...["task", "policy", "llm", "corpus", "tools", "runtime_version"],
  ...["answer", "finish_reason", "raw", "answered_by", "totals"],
  ...["approver", "bound_to", "call_sha256", "idempotency_key"],
]);

/**
 * Makes what redacts the contents of a run. Patterns are looked for in the whole
 * text, names of keys included. A path to anything that is about a call hides all
 * contents, since they would say the same: `$.metadata.url` is what `fetch` was
 * given, and is in what it gave back. Like `redactor`, it counts what it may search,
 * so each run gets its own.
 */
export function contentRedactor(
  { patterns = [], paths = [] }: Redaction = {},
): ContentRedaction {
  const isHidden = paths.some((path) =>
    !BESIDE_CALLS.has(compileJsonPath(path).top)
  );
  if (isHidden) return { arguments: () => REDACTED, result: () => REDACTED };
  if (patterns.length === 0) return plainContent;
  const searched = {
    patterns: patterns.map(compilePattern),
    budget: redactionBudget(),
  };
  return {
    arguments: (value) => redactedText(plainContent.arguments(value), searched),
    result: (value) => redactedText(plainContent.result(value), searched),
  };
}
