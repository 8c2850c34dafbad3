import { z } from "../deps.ts";
import { compileJsonPath } from "./json_path.ts";

/** What does not leave the record: it is replaced in exported spans and in the report. */
export interface Redaction {
  /** Regular expressions (ECMA-262, flag `u`); what they match in a text is replaced. Default: none. */
  readonly patterns?: readonly string[] | undefined;
  /** JSONPaths into the events of the ledger; the texts there are replaced as a whole. Default: none. */
  readonly paths?: readonly string[] | undefined;
}

/**
 * What makes an event what it is, and is never replaced: projections go by it.
 * None of it is text that a model, a tool or a server could choose, but for the
 * id of a call.
 */
const STRUCTURE = new Set([
  ...["type", "v", "seq", "ts", "step", "started_at", "run_id", "call_id"],
  ...["decision", "rule_id", "verdict", "outcome", "kind", "execution_path"],
  ...["failure_mode", "terminal_reason", "version", "sha256"],
]);

/** What stands in the place of what was taken out. */
export const REDACTED = "[redacted]";

const pattern = z.string().check((context) => {
  const message = patternFault(context.value);
  if (message === undefined) return;
  context.issues.push({ code: "custom", input: context.value, message });
});

const path = z.string().check((context) => {
  const message = pathFault(context.value);
  if (message === undefined) return;
  context.issues.push({ code: "custom", input: context.value, message });
});

/** The schema of `redact` in a policy. */
export const redactionSchema: z.ZodMiniType<Redaction> = z.strictObject({
  patterns: z.optional(z.array(pattern)),
  paths: z.optional(z.array(path)),
});

function patternFault(text: string): string | undefined {
  try {
    return new RegExp(text, "u").test("")
      ? "the pattern matches nothing at all, so it would match everywhere"
      : undefined;
  } catch (error) {
    return `expected a regular expression: ${
      error instanceof Error ? error.message : String(error)
    }`;
  }
}

function pathFault(text: string): string | undefined {
  try {
    compileJsonPath(text);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const [name = ""] = /\w+(?=['"]?\]?$)/.exec(text) ?? [];
  return STRUCTURE.has(name)
    ? `"${name}" is never replaced: spans and report go by it`
    : undefined;
}

/**
 * Makes what takes out of an event, or any other object of JSON, what must not
 * leave the record. What it returns is a copy.
 */
export function redactor(
  { patterns = [], paths = [] }: Redaction = {},
): <T extends object>(event: T) => T {
  if (patterns.length + paths.length === 0) return (event) => event;
  const expressions = patterns.map((each) => new RegExp(each, "gu"));
  const selectors = paths.map(compileJsonPath);

  function cleaned(text: string): string {
    return expressions.reduce(
      (rest, each) => rest.replace(each, REDACTED),
      text,
    );
  }

  return (event) => {
    const hidden = new Map<object, Set<string>>();
    for (
      const { holder, key } of selectors.flatMap((each) => [...each(event)])
    ) {
      hidden.set(holder, (hidden.get(holder) ?? new Set()).add(key));
    }
    const below = new Set<unknown>();
    return JSON.parse(JSON.stringify(event, function (key, value: unknown) {
      const isHidden = below.has(this) || hidden.get(this)?.has(key) === true;
      if (isHidden && typeof value === "object") below.add(value);
      if (typeof value !== "string" || STRUCTURE.has(key)) return value;
      return isHidden ? REDACTED : cleaned(value);
    }));
  };
}
