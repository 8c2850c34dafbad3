import { canonicalJson } from "./data/canonical_json.ts";
import type { JsonObject } from "./data/json.ts";
import { sha256Text } from "./data/sha256.ts";
import type { ToolDefinition } from "./tool.ts";

/** The JSON Schema of a tool's arguments, as a model gets it. */
export function inputSchema(
  { args }: Pick<ToolDefinition, "args">,
): JsonObject {
  const schema = args["~standard"].jsonSchema.input({
    target: "draft-2020-12",
  });
  return JSON.parse(JSON.stringify(schema));
}

/**
 * What a policy pins: SHA-256 of the definition in the form of RFC 8785, 64 hex
 * digits. A server's definition counts as a whole; of other tools, name,
 * description and input schema count.
 */
export function definitionHash(tool: ToolDefinition): string {
  const { name, description, definitionSha256 } = tool;
  if (definitionSha256 !== undefined) return definitionSha256;
  const input_schema = inputSchema(tool);
  return sha256Text(canonicalJson({ name, description, input_schema }));
}
