import type { Tool, ToolDefinition } from "./tool.ts";

/** The tools that exist for a run, by exact name. */
export type ToolRegistry = ReadonlyMap<string, Tool>;

/**
 * Collects tools by name. A map, since a name that a model chose must never
 * find what an object inherits.
 *
 * @throws {RangeError} when two tools have the same name, or when an effect
 *   names something that is not an argument of its tool, since it could never be
 *   judged
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
        `Cannot register the tool "${tool.name}": its effect names "${stray}", which is not an argument of it`,
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
  const names = argumentNames(
    args["~standard"].jsonSchema.input({ target: "draft-2020-12" }),
  );
  return keys.find((key) => !names.has(key));
}

/** Keywords by which a schema describes its value through other schemas. */
const PARTS = ["allOf", "anyOf", "oneOf"] as const;

/** The properties that a schema describes, also by its parts and by what they refer to. */
function argumentNames(root: object): ReadonlySet<string> {
  const names = new Set<string>();
  const seen = new Set<object>();
  function look(schema: unknown): void {
    if (typeof schema !== "object" || schema === null || seen.has(schema)) {
      return;
    }
    seen.add(schema);
    const parts = new Map<string, unknown>(Object.entries(schema));
    for (const name of Object.keys(Object(parts.get("properties")))) {
      names.add(name);
    }
    for (const key of PARTS) {
      for (const part of Object.values(Object(parts.get(key)))) look(part);
    }
    look(referred(root, parts.get("$ref")));
  }
  look(root);
  return names;
}

/** What a reference by path leads to within a schema. */
export function referred(root: object, reference: unknown): unknown {
  if (typeof reference !== "string" || !/^#(\/|$)/.test(reference)) return;
  return reference.split("/").slice(1).reduce<unknown>((value, step) => {
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
    return Object.hasOwn(Object(value), key) ? Object(value)[key] : undefined;
  }, root);
}
