import type { Effects } from "../tools/tool.ts";
import type { PolicyDocument } from "./document/document.ts";
import { isNamed } from "./tool_pattern.ts";

/** How many hosts are named; a model that needs more is told as much by a denial. */
const MAX_HOSTS = 40;

/**
 * Tells a model in one sentence where the tools that it is offered may go, so that
 * it need not find out by denials; `undefined` when they go nowhere.
 */
export function policyHint(
  { url_allowlist }: Pick<PolicyDocument, "url_allowlist">,
  offered: readonly { readonly effects: Effects }[],
): string | undefined {
  const has = (effect: keyof Effects) =>
    offered.some(({ effects }) => (effects[effect] ?? []).length > 0);
  const named = url_allowlist.slice(0, MAX_HOSTS);
  const more = url_allowlist.length - named.length;
  const hosts = [...named, ...more > 0 ? [`${more} more`] : []].join(", ");
  const places = [
    ...has("fetches")
      ? [hosts === "" ? "no host of the network" : `the hosts ${hosts}`]
      : [],
    ...has("reads") || has("writes")
      ? ["files inside your working folder, by relative paths"]
      : [],
  ];
  return places.length === 0
    ? undefined
    : `Your tools may use ${places.join(" and ")}, and nothing else.`;
}

/** The tools that a policy allows, in their order. */
export function allowedTools<Tool extends { readonly name: string }>(
  { tool_registry: { allowed, denied } }: Pick<PolicyDocument, "tool_registry">,
  tools: Iterable<Tool>,
): readonly Tool[] {
  return [...tools].filter(({ name }) =>
    isNamed(name, allowed) && !isNamed(name, denied)
  );
}
