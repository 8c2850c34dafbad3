import { inputSchema } from "../../tools/definition_hash.ts";
import type { Schema } from "../../tools/schema.ts";
import type { Tool, ToolDefinition } from "../../tools/tool.ts";
import type { RecordedTool, ToolsChanged } from "./event.ts";

/** Puts on record what a model and the policy know of a tool. */
export function recordedTool(
  tool: ToolDefinition,
): RecordedTool {
  const { name, description, effects, labels = [], idempotent } = tool;
  const { fetches = [], reads = [], writes = [] } = effects;
  const { definitionSha256, isUndescribed } = tool;
  return {
    name,
    description,
    effects: { fetches, reads, writes },
    idempotent: idempotent ?? false,
    input_schema: inputSchema(tool),
    ...labels.length === 0 ? {} : { labels },
    ...definitionSha256 === undefined
      ? {}
      : { definition_sha256: definitionSha256 },
    ...isUndescribed === true ? { undescribed: true } as const : {},
  };
}

/**
 * Makes a tool of what is on record of it. It can be judged, with `validate` in
 * the place of its validator, and not run.
 */
export function toolOnRecord(
  tool: RecordedTool,
  validate: Schema<unknown>["~standard"]["validate"],
): Tool {
  const { name, description, effects, labels, idempotent, input_schema } = tool;
  const { definition_sha256: definitionSha256, undescribed } = tool;
  return {
    name,
    description,
    effects,
    ...labels === undefined ? {} : { labels },
    idempotent,
    ...definitionSha256 === undefined ? {} : { definitionSha256 },
    ...undescribed === true ? { isUndescribed: true } : {},
    args: {
      "~standard": {
        version: 1,
        vendor: "record",
        validate,
        jsonSchema: { input: () => ({ ...input_schema }) },
      },
    },
    run: () =>
      Promise.reject(
        new RangeError(`Cannot run "${name}": it is only known from a record`),
      ),
  };
}

/** The tools that there are after a change: the others stay, in their order, and new ones come last. */
export function toolsAfter(
  tools: readonly RecordedTool[],
  { tools: changed, removed }: Pick<ToolsChanged, "tools" | "removed">,
): readonly RecordedTool[] {
  const after = new Map(tools.map((tool) => [tool.name, tool]));
  for (const name of removed) after.delete(name);
  for (const tool of changed) after.set(tool.name, tool);
  return [...after.values()];
}
