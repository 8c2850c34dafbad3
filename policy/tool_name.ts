import { z } from "../deps.ts";

/**
 * What a tool may be called where a policy lists it. Providers take letters,
 * digits, `_` and `-`, protocols add `.`, `/` and `:`; what no tool has, and what
 * would be read as a pattern, is refused.
 */
const TOOL_NAME =
  /^(?!\/.*\/$)[^\s\p{C}\p{Default_Ignorable_Code_Point}\u2800*?[\]{}()|\\^$,]+$/u;

/** The schema of a tool's exact name in a policy. */
export const toolName: z.ZodMiniType<string> = z.string().check(
  z.regex(TOOL_NAME, {
    error: ({ input }) => refusalOfToolName(String(input)),
  }),
);

/** Why a text cannot be listed as the name of a tool, if it cannot. */
export function refusalOfToolName(name: string): string | undefined {
  if (TOOL_NAME.test(name)) return undefined;
  if (name === "") return "expected a tool's name, found an empty one";
  const hidden = /(?! )[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u
    .exec(name)?.[0];
  if (hidden !== undefined) {
    const code = hidden.codePointAt(0)?.toString(16).toUpperCase();
    return `a tool's name has the character U+${
      code?.padStart(4, "0")
    }, which cannot be seen; expected the exact name of one tool`;
  }
  if (name.trim() !== name) return "spaces around a tool's name";
  if (name.includes(" ")) {
    return `"${name}" has a space in it; expected the exact name of one tool`;
  }
  const [sign = "/"] = /[*?[\]{}()|\\^$,]/.exec(name) ?? [];
  return `"${name}" has "${sign}" in it, but a pattern matches nothing; list each tool by its exact name`;
}
