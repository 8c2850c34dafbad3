import type { PolicyDocument } from "../document/document.ts";
import type { Rule } from "../rule.ts";
import { isNamed } from "../tool_pattern.ts";

/** How much of a name that a model made up is repeated. */
const MAX_NAME_LENGTH = 256;

/** Denies a tool that is not listed, that does not exist, or of which nothing says what it touches. */
export function toolRegistry(
  { allowed, denied }: PolicyDocument["tool_registry"],
): Rule {
  // No policy allows every tool, even one that was never checked.
  const families = allowed.filter((pattern) => pattern !== "*");
  return {
    id: "tool_registry",
    opinion({ name, tool }) {
      const match = isNamed(name, denied)
        ? "denied"
        : !isNamed(name, families)
        ? "not_allowed"
        : tool === undefined
        ? "unknown_tool"
        : tool.isUndescribed === true
        ? "not_described"
        : undefined;
      if (match === undefined) return undefined;
      const shown = name.slice(0, MAX_NAME_LENGTH).toWellFormed();
      return {
        effect: "deny",
        reason: `${REASONS[match]}: ${JSON.stringify(shown)}`,
        metadata: { requested_tool: shown, registry_match: match },
      };
    },
  };
}

const REASONS = {
  denied: "the policy denies this tool",
  not_allowed: "the policy does not allow this tool",
  unknown_tool: "there is no such tool",
  not_described: "no entry under `tools` says what this tool touches",
} as const;
