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

/** What stands in the place of what was taken out. */
const REDACTED = "[redacted]";

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

/** A text that hardly anybody wants to keep from others, and that no sensible pattern matches. */
const PROBE = "a b, c-d: e";

function patternFault(text: string): string | undefined {
  try {
    const expression = new RegExp(text, "u");
    const found = expression.exec(PROBE) ?? expression.exec("");
    return found !== null && found[0] === ""
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
  const expressions = patterns.map((each) => new RegExp(each, "gu"));
  const selectors = paths.map(compileJsonPath);

  function cleaned(text: string, quoted: Iterable<string>): string {
    const rest = expressions.reduce(
      (rest, each) => rest.replace(each, REDACTED),
      text,
    );
    return [...quoted].reduce(
      (rest, each) => rest.replaceAll(each, REDACTED),
      rest,
    );
  }

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
    const quoted = quotedMatches(seen, expressions);
    const below = new Set<unknown>();
    return JSON.parse(JSON.stringify(seen, function (key, value: unknown) {
      const isHidden = below.has(this) || hidden.get(this)?.has(key) === true;
      if (isHidden && typeof value === "object") below.add(value);
      const structure = this === seen ? STRUCTURE : INNER_STRUCTURE;
      if (typeof value !== "string" || structure.has(key)) return value;
      return isHidden ? REDACTED : cleaned(value, quoted);
    }));
  };
}

/**
 * What the patterns match, as a message spells it that quotes it as JSON: there a
 * pattern may not match any more.
 */
function quotedMatches(
  event: object,
  expressions: readonly RegExp[],
): ReadonlySet<string> {
  const quoted = new Set<string>();
  JSON.stringify(event, (_key, value: unknown) => {
    if (typeof value !== "string") return value;
    for (
      const [match] of expressions.flatMap((each) => [...value.matchAll(each)])
    ) {
      const spelled = JSON.stringify(match).slice(1, -1);
      if (spelled !== match) quoted.add(spelled);
    }
    return value;
  });
  return quoted;
}
