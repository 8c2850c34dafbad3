import { literalPattern } from "../../tools/data/literal_pattern.ts";

/**
 * Patterns of shell commands, as Claude Code has them, as regular expressions of RE2
 * on the text of a command. A text says less than a shell makes of it, so there are
 * two: one that matches no more than the pattern, for what is allowed, and one that
 * matches no less, for what is denied or asked about.
 *
 * @module
 */

/** Signs that mean nothing to a shell, nor to one that expands names of files. */
const PLAIN = "A-Za-z0-9_./:=@%+,\\-";
/** The rest of a first word: with a "=" in it, it would assign, and another word be the command. */
const REST = `[${PLAIN.replace("=", "")}]*`;
/** Words of plain signs and of quotes in which nothing is expanded. */
const WORDS = `(?:[${PLAIN} ]|'[^'\\n]*'|"[^"$\`\\\\!\\n]*")*`;
/** The same without quotes, which may end one that the pattern itself began. */
const PLAIN_WORDS = `[${PLAIN} ]*`;

/** What joins commands, redirects, or is expanded. */
const OPERATOR = /[;|&<>$`()\\\n\r]/;

/** Commands that run others, or delete, by their arguments: no pattern approves them. */
const RUNNERS = /^(?:watch|setsid|ionice|flock|find|xargs)\b/;

/**
 * What a pattern allows, as an expression that matches whole commands, none of which
 * the pattern does not match: a single command without expansions. `undefined` when
 * there is no such expression.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 *
 * const allowed = new RegExp(commandAllowed("npm run *") ?? "");
 * assert(allowed.test("npm run test -- --watch"));
 * assert(!allowed.test("npm run test; rm -rf /"));
 * ```
 */
export function commandAllowed(pattern: string): string | undefined {
  const wanted = spaced(pattern);
  if (OPERATOR.test(wanted) || /^(?:\*|\S*=)/.test(wanted)) return undefined;
  const pieces = wanted.split("*");
  if (pieces.length > 1 && RUNNERS.test(wanted)) return undefined;
  const words = /['"]/.test(wanted) ? PLAIN_WORDS : WORDS;
  const last = pieces.at(-1) ?? "";
  // A star after a space at the end stands for no arguments, too.
  const isOpen = pieces.length === 2 && last === "" &&
    wanted.endsWith(" *");
  if (isOpen) return `^${literalPattern(wanted.slice(0, -2))}(?: ${words})?$`;
  const [first = "", ...others] = pieces.map(literalPattern);
  // The first star may go on with the first word.
  const next = /\s/.test(pieces[0] ?? "") ? words : `${REST}(?: ${words})?`;
  return others.length === 0
    ? `^${first}$`
    : `^${first}${next}${others.join(words)}$`;
}

/**
 * What a pattern denies, as an expression that is found in every command that the
 * pattern matches, also as a part of another command. `undefined` when it matches all.
 */
export function commandMeant(pattern: string): string | undefined {
  const wanted = spaced(pattern);
  const pieces = wanted.split("*").map((each) => each.trim())
    .filter((each) => each !== "");
  if (pieces.length === 0) return undefined;
  const [first = "", last = ""] = [pieces[0], pieces.at(-1)];
  const begins = !wanted.startsWith("*") && /^\w/.test(first) ? "\\b" : "";
  const ends = (!wanted.endsWith("*") || wanted.endsWith(" *")) &&
      /\w$/.test(last)
    ? "\\b"
    : "";
  const body = pieces
    .map((each) => each.split(/\s+/).map(literalPattern).join("\\s+"))
    .join(".*");
  return `(?s)${begins}${body}${ends}`;
}

/**
 * Found in commands whose words a shell reads otherwise than they are written, so that
 * no text tells what they run.
 */
export const DISGUISED = "[\\\\`$]|['\"][^\\s'\"]*['\"]";

/** `npm run:*` is `npm run *`. */
function spaced(pattern: string): string {
  return pattern.trim().replace(/:\*$/, " *").replace(/\*{2,}/g, "*");
}
