import type { PolicyDocument } from "../document/document.ts";
import type { Rule } from "../rule.ts";

/** How much of a name that a model made up is repeated. */
const MAX_NAME_LENGTH = 256;

/** Denies a tool that is not listed by its exact name, or that does not exist. */
export function toolRegistry(
  { allowed, denied }: PolicyDocument["tool_registry"],
): Rule {
  return {
    id: "tool_registry",
    opinion({ name, tool }) {
      const match = denied.includes(name)
        ? "denied"
        : !allowed.includes(name)
        ? "not_allowed"
        : tool === undefined
        ? "unknown_tool"
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
} as const;
