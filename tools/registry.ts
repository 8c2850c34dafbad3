import type { Tool, ToolDefinition } from "./tool.ts";

/** The tools that exist for a run, by exact name. */
export type ToolRegistry = ReadonlyMap<string, Tool>;

/**
 * Collects tools by name. A map, since a name that a model chose must never
 * find what an object inherits.
 *
 * @throws {RangeError} when two tools have the same name, or when an effect names no argument of its tool, since it could never be judged
 */
export function toolRegistry<T extends ToolDefinition>(
  tools: readonly T[],
): ReadonlyMap<string, T> {
  const byName = new Map<string, T>();
  for (const tool of tools) {
    if (byName.has(tool.name)) {
      throw new RangeError(
        `Cannot register the tool "${tool.name}": the name is taken`,
      );
    }
    const stray = strayEffect(tool);
    if (stray !== undefined) {
      throw new RangeError(
        `Cannot register the tool "${tool.name}": its effect names "${stray}", which is no argument of it`,
      );
    }
    byName.set(tool.name, tool);
  }
  return byName;
}

/** An effect's argument that the tool's JSON Schema does not know. */
function strayEffect({ effects, args }: ToolDefinition): string | undefined {
  const { fetches = [], reads = [], writes = [] } = effects;
  const keys = [...fetches, ...reads, ...writes];
  if (keys.length === 0) return undefined;
  const { properties } = args["~standard"].jsonSchema.input({
    target: "draft-2020-12",
  });
  return keys.find((key) => !Object.hasOwn(Object(properties), key));
}
