import { canonicalJson } from "../data/canonical_json.ts";
import { isObject, type Json, type JsonObject } from "../data/json.ts";
import { sha256Text } from "../data/sha256.ts";
import type { Schema } from "../schema.ts";
import type { ToolDefinition } from "../tool.ts";

/** One entry of a server's list of tools. */
export interface ListedTool {
  /** As the server calls it; `undefined` when it has no name. */
  readonly name: string | undefined;
  /** Its definition under the name of policy and record; or why it cannot be used. */
  readonly tool: ToolDefinition | undefined;
  readonly fault: string | undefined;
}

/** What a list of tools is read with. */
export interface ListReader {
  /** The name of the server in policy and record. */
  readonly server: string;
  /** Makes a validator of a JSON Schema; throws for one that it cannot use. */
  readonly schema: (schema: JsonObject) => Schema<unknown>;
}

/** What policy and record call a tool of a server: `github.create_issue`. */
export function servedName(server: string, tool: string): string {
  return `${server}.${tool}`;
}

/**
 * Reads an entry of a server's list of tools. What a server says of the effects of
 * its tools is not believed: each is undescribed until a policy describes it. A
 * definition counts as a whole, so its SHA-256 is that of the entry in the form of
 * RFC 8785.
 */
export function listedTool(
  entry: Json,
  { server, schema }: ListReader,
): ListedTool {
  const unusable = (fault: string, name?: string): ListedTool => ({
    name,
    tool: undefined,
    fault,
  });
  if (!isObject(entry)) return unusable("it is not an object");
  const { name, description = "", inputSchema } = entry;
  if (typeof name !== "string" || name === "") {
    return unusable("it has no name");
  }
  if (typeof description !== "string") {
    return unusable("its description is not a string", name);
  }
  if (!isObject(inputSchema)) {
    return unusable("its inputSchema is not an object", name);
  }
  try {
    return {
      name,
      fault: undefined,
      tool: {
        name: servedName(server, name),
        description,
        effects: {},
        args: schema(inputSchema),
        definitionSha256: sha256Text(canonicalJson(entry)),
        isUndescribed: true,
      },
    };
  } catch (error) {
    return unusable(
      error instanceof Error ? error.message : String(error),
      name,
    );
  }
}
