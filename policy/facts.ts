import type { PathFacts } from "../tools/sandbox/sandbox.ts";
import type { ToolDefinition } from "../tools/tool.ts";
import { argumentsNamed, type CallArguments } from "./arguments.ts";
import { pathBeyondLimit, refusalOfPathText } from "./path_text.ts";
import { parseUrl } from "./url_text.ts";

/** An address that a host name stands for. */
export interface Address {
  /** IPv4 or IPv6, in canonical form. */
  readonly address: string;
  /** `unicast` when it is public; else the name of its special range: `loopback`, `private`, `linkLocal`. */
  readonly range: string;
}

/**
 * What was looked up in the world about one call, once, before it is judged.
 * The rules look at nothing else, so a call can be judged again from its record.
 */
export interface Facts {
  /** Where paths lead, by their spelling; a path that is refused by its spelling is not looked up. */
  readonly paths: ReadonlyMap<string, PathFacts>;
  /**
   * What hosts stand for. A host that was not looked up is missing, since it is
   * served without a network, or nothing is to be run; one that could not be
   * looked up has no address.
   */
  readonly addresses: ReadonlyMap<string, readonly Address[]>;
}

/**
 * Looks up the paths that a tool would read or write; none when they are more
 * than a call may have. What cannot be looked up is left out.
 */
export function lookUpPaths(
  { tool, args }: {
    readonly tool: ToolDefinition | undefined;
    readonly args: CallArguments;
  },
  inspect: (path: string) => PathFacts,
): ReadonlyMap<string, PathFacts> {
  const { reads = [], writes = [] } = tool?.effects ?? {};
  const facts = new Map<string, PathFacts>();
  const paths = argumentsNamed([...reads, ...writes], args)
    .map(({ value }) => value);
  if (pathBeyondLimit(paths) !== undefined) return facts;
  for (const path of paths) {
    if (typeof path !== "string" || facts.has(path)) continue;
    if (refusalOfPathText(path) !== undefined) continue;
    try {
      facts.set(path, inspect(path));
    } catch {
      // The rule refuses a path of which nothing is known.
    }
  }
  return facts;
}

/** The URLs that a tool would fetch, in canonical form, by how the arguments spell them. */
export function urlsOf(
  { tool, args }: {
    readonly tool: ToolDefinition | undefined;
    readonly args: CallArguments;
  },
): ReadonlyMap<string, URL> {
  const urls = new Map<string, URL>();
  for (const { value } of argumentsNamed(tool?.effects.fetches ?? [], args)) {
    const url = typeof value === "string" ? parseUrl(value) : undefined;
    if (typeof value === "string" && url !== undefined) urls.set(value, url);
  }
  return urls;
}
