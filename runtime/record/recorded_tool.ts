import type { JsonObject } from "../../tools/data/json.ts";
import type { Schema } from "../../tools/schema.ts";
import type { Tool, ToolDefinition } from "../../tools/tool.ts";
import type { RecordedTool } from "./event.ts";

/** Puts on record what a model and the policy know of a tool. */
export function recordedTool(
  { name, description, effects, labels = [], idempotent, args }: ToolDefinition,
): RecordedTool {
  const { fetches = [], reads = [], writes = [] } = effects;
  const schema = args["~standard"].jsonSchema.input({
    target: "draft-2020-12",
  });
  const input_schema: JsonObject = JSON.parse(JSON.stringify(schema));
  return {
    name,
    description,
    effects: { fetches, reads, writes },
    idempotent: idempotent ?? false,
    input_schema,
    ...labels.length === 0 ? {} : { labels },
  };
}

/**
 * Makes a tool of what is on record of it. It can be judged, with `validate` in
 * the place of its validator, and not run.
 */
export function toolOnRecord(
  { name, description, effects, labels, idempotent, input_schema }:
    RecordedTool,
  validate: Schema<unknown>["~standard"]["validate"],
): Tool {
  return {
    name,
    description,
    effects,
    ...labels === undefined ? {} : { labels },
    idempotent,
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
