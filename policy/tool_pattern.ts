import { z } from "../deps.ts";
import { refusalOfToolName } from "./tool_name.ts";

/** How many characters stand before a star, so that a pattern names a family of tools. */
const MIN_PREFIX = 3;

/** The schema of a tool's exact name, or the beginning of several with a `*` after it. */
export const toolPattern: z.ZodMiniType<string> = patternSchema(false);

/** The same, or `*` alone for every tool. */
export const anyToolPattern: z.ZodMiniType<string> = patternSchema(true);

/** Whether some patterns name a tool; a text without a star names itself. */
export function isNamed(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    pattern === name || pattern === "*" ||
    (isFamily(pattern) && name.startsWith(pattern.slice(0, -1)))
  );
}

function isFamily(pattern: string): boolean {
  return pattern.endsWith("*") && [...pattern].length > MIN_PREFIX;
}

/** Why a text is not such a pattern; `undefined` for a pattern. */
export function refusalOfToolPattern(
  pattern: string,
  { mayBeAll = false }: { readonly mayBeAll?: boolean } = {},
): string | undefined {
  if (pattern === "*") {
    return mayBeAll
      ? undefined
      : '"*" alone would name every tool; list tools, or families such as fs.*';
  }
  if (!pattern.endsWith("*")) return refusalOfToolName(pattern);
  const prefix = pattern.slice(0, -1);
  const fault = refusalOfToolName(prefix);
  if (prefix !== "" && fault !== undefined) return fault;
  return isFamily(pattern)
    ? undefined
    : `"${pattern}" names too many tools; expected at least ${MIN_PREFIX} characters before the star`;
}

function patternSchema(mayBeAll: boolean): z.ZodMiniType<string> {
  return z.string().check((context) => {
    const message = refusalOfToolPattern(context.value, { mayBeAll });
    if (message === undefined) return;
    context.issues.push({ code: "custom", input: context.value, message });
  });
}
