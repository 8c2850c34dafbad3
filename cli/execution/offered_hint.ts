import type { PolicyDocument } from "../../policy/document/document.ts";
import { allowedTools, policyHint } from "../../policy/policy_hint.ts";
import { knownTool } from "../../policy/tool_traits.ts";
import { withOwnTools } from "../../tools/exported_tools.ts";
import { standardTools } from "../../tools/standard_tools.ts";
import type { ToolDefinition } from "../../tools/tool.ts";

/** Tells a model which hosts and files the allowed tools may use: ours, and those of one's own. */
export function offeredHint(
  policy: PolicyDocument,
  own: readonly ToolDefinition[] = [],
): string | undefined {
  const ours = standardTools({
    documents: [],
    fetch: notRun,
    sandbox: { inspect: notRun, readText: notRun, writeText: notRun },
  });
  const described = withOwnTools<ToolDefinition>(ours, own)
    .map((tool) => knownTool(tool, policy.tools ?? []));
  return policyHint(policy, allowedTools(policy, described));
}

/** Only the declarations of the tools are used; no tool is run. */
function notRun(): never {
  throw new RangeError("Cannot run a tool that is only described");
}
