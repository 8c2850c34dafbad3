import { quoted } from "../../tools/data/untrusted_text.ts";

/** What a rule does with the calls that it matches. */
export type RuleList = "allow" | "ask" | "deny";

/** One rule of Claude Code's `permissions`: `Tool` or `Tool(specifier)`. */
export interface PermissionRule {
  readonly list: RuleList;
  /** Its place in its list, from 0. */
  readonly index: number;
  /** As it is written. */
  readonly text: string;
  /** Name of a tool, or a pattern with stars in it. */
  readonly tool: string;
  /** What is in the parentheses; `undefined` for all uses of the tool. */
  readonly specifier: string | undefined;
}

/**
 * Takes a rule apart; `undefined` for what is no rule.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const rule = permissionRule("Bash(npm run *)", { list: "allow", index: 0 });
 * assertEquals([rule?.tool, rule?.specifier], ["Bash", "npm run *"]);
 * ```
 */
export function permissionRule(
  text: string,
  place: Pick<PermissionRule, "list" | "index">,
): PermissionRule | undefined {
  const [, tool, specifier] =
    /^\s*([^\s()]+)\s*(?:\((.*)\))?\s*$/s.exec(text) ??
      [];
  if (tool === undefined || specifier?.trim() === "") return undefined;
  // `Bash(*)` and `Bash` are the same; of other tools, too, this is everything.
  const isAll = specifier === undefined ||
    /^(?:domain:)?\*$/.test(specifier.trim());
  return { ...place, text, tool, specifier: isAll ? undefined : specifier };
}

/** A rule with its place, safe to show: `deny[0] "Bash(rm *)"`. */
export function spelledRule({ list, index, text }: PermissionRule): string {
  return `${list}[${index}] ${quoted(text)}`;
}
