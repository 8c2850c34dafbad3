import type { JsonObject } from "../tools/json.ts";
import type { ToolDefinition } from "../tools/tool.ts";
import type { RecordedTool } from "./event.ts";

/** Puts on record what a model and the policy know of a tool. */
export function recordedTool(
  { name, description, effects, idempotent, args }: ToolDefinition,
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
  };
}
