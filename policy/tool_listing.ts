import { definitionHash } from "../tools/definition_hash.ts";
import type { ToolDefinition } from "../tools/tool.ts";

/**
 * How a tool stands in the lists that a run has had. `first`: as in the first one.
 * `changed`: its definition became another one. `later`: it was not in the first
 * list.
 */
export type Listing = "first" | "changed" | "later";

/** A change of the list of tools. */
export interface ToolChange {
  /** Tools that are new or have another definition. */
  readonly tools: readonly ToolDefinition[];
  /** Names of tools that are gone. */
  readonly removed: readonly string[];
}

/** The tools of a run, whose list can change. */
export interface ToolListing {
  get(name: string): ToolDefinition | undefined;
  listing(name: string): Listing;
  change(change: ToolChange): void;
}

/** Starts with the first list. A tool that was changed stays so until the next run. */
export function toolListing(
  first: ReadonlyMap<string, ToolDefinition>,
): ToolListing {
  const tools = new Map(first);
  const changed = new Set<string>();
  return {
    get: (name) => tools.get(name),
    listing: (name) =>
      changed.has(name) ? "changed" : first.has(name) ? "first" : "later",
    change({ tools: given, removed }) {
      for (const name of removed) tools.delete(name);
      for (const tool of given) {
        const before = first.get(tool.name);
        const isOther = before !== undefined &&
          definitionHash(before) !== definitionHash(tool);
        if (isOther) changed.add(tool.name);
        tools.set(tool.name, tool);
      }
    },
  };
}
