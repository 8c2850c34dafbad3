import { z } from "../../deps.ts";
import type { PolicyDocument } from "../../policy/document/document.ts";
import { allowedTools, policyHint } from "../../policy/policy_hint.ts";
import { knownTool } from "../../policy/tool_traits.ts";
import { withOwnTools } from "../../tools/exported_tools.ts";
import { standardTools } from "../../tools/standard_tools.ts";
import { standardSchema } from "../../tools/schema.ts";
import type { ToolDefinition } from "../../tools/tool.ts";

/**
 * Tells a model which hosts and files the allowed tools may use: ours, those of
 * one's own, and those of servers, of which the policy says what they touch.
 */
export function offeredHint(
  policy: PolicyDocument,
  { own = [], servers = [] }: {
    readonly own?: readonly ToolDefinition[] | undefined;
    /** Their names. */
    readonly servers?: readonly string[];
  } = {},
): string | undefined {
  const ours = standardTools({
    documents: [],
    fetch: notRun,
    sandbox: { inspect: notRun, readText: notRun, writeText: notRun },
  });
  const described = [
    ...withOwnTools<ToolDefinition>(ours, own),
    ...servers.flatMap((server) => servedTools(server, policy)),
  ].map((tool) => knownTool(tool, policy.tools ?? []));
  return policyHint(policy, allowedTools(policy, described));
}

/** The tools of a server that a policy names, alone or as a family. */
export function servedTools(
  server: string,
  { tool_registry: { allowed }, tools = [] }: PolicyDocument,
): readonly ToolDefinition[] {
  const names = [...allowed, ...tools.flatMap(({ match }) => match)]
    .map((name) => name.replace(/\*$/, ""))
    .filter((name) => name.startsWith(`${server}.`));
  return names.map((name) => ({
    name,
    description: "",
    effects: {},
    args: standardSchema(z.looseObject({})),
  }));
}

/** Only the declarations of the tools are used; no tool is run. */
function notRun(): never {
  throw new RangeError("Cannot run a tool that is only described");
}
