import type { ToolDefinition } from "../tools/tool.ts";
import type { PolicyDocument } from "./document/document.ts";
import { allowedTools } from "./policy_hint.ts";
import { pinMismatch } from "./rules/tool_pin.ts";
import type { ToolListing } from "./tool_listing.ts";

/**
 * The tools that a model is told of: those that the policy allows. One whose
 * definition is not the one that counts is left out, since its description may be
 * there to mislead; where the policy is only audited, none is.
 */
export function offeredTools<T extends ToolDefinition>(
  policy: PolicyDocument,
  { tools, listing }: {
    readonly tools: ReadonlyMap<string, T>;
    readonly listing: Pick<ToolListing, "listing">;
  },
): readonly T[] {
  const mismatch = pinMismatch(policy.tool_registry);
  return allowedTools(policy, tools.values()).filter((tool) =>
    policy.mode === "audit" ||
    mismatch(tool, listing.listing(tool.name)) === undefined
  );
}
