import type { Tool } from "./tool.ts";

/** The tools that exist for a run, by exact name. */
export type ToolRegistry = ReadonlyMap<string, Tool>;

/**
 * Collects tools by name. A map, since a name that a model chose must never
 * find what an object inherits.
 *
 * @throws {RangeError} when two tools have the same name
 */
export function toolRegistry(tools: readonly Tool[]): ToolRegistry {
  const byName = new Map<string, Tool>();
  for (const tool of tools) {
    if (byName.has(tool.name)) {
      throw new RangeError(
        `Cannot register the tool "${tool.name}": the name is taken`,
      );
    }
    byName.set(tool.name, tool);
  }
  return byName;
}
