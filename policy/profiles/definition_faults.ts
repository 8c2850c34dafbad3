import { canonicalJson } from "../../tools/data/canonical_json.ts";
import { isObject, type Json, type JsonObject } from "../../tools/data/json.ts";
import { jsonText } from "../../tools/data/untrusted_text.ts";
import { refusalOfToolName } from "../tool_name.ts";

/** A definition of a tool, as far as it can be used. */
export interface Definition extends JsonObject {
  readonly name: string;
  readonly inputSchema: JsonObject;
}

/** Whether a definition has what is needed. */
export function isDefinition(definition: Json): definition is Definition {
  return isObject(definition) && typeof definition.name === "string" &&
    isObject(definition.inputSchema);
}

/** How deep a definition may be nested; beyond, nobody reads it and no hash can be made. */
const MAX_DEPTH = 200;

/** Why definitions of a server cannot be used, in their order; `undefined` for those that can. */
export function definitionFaults(
  definitions: readonly Json[],
  server: string,
): readonly (string | undefined)[] {
  const counts = new Map<string, number>();
  for (const each of definitions) {
    if (!isObject(each) || typeof each.name !== "string") continue;
    counts.set(each.name, (counts.get(each.name) ?? 0) + 1);
  }
  return definitions.map((definition) => {
    if (!isObject(definition)) return "it is not an object";
    const { name, inputSchema } = definition;
    if (typeof name !== "string" || name === "") return "it has no name";
    const fault = refusalOfToolName(`${server}.${name}`);
    if (fault !== undefined) return fault;
    if (!isObject(inputSchema)) {
      return `${jsonText(name)}: its inputSchema is not an object`;
    }
    if (isDeeper(definition, MAX_DEPTH)) {
      return `${jsonText(name)}: it is nested more than ${MAX_DEPTH} deep`;
    }
    const unwritable = whyNoHash(definition);
    if (unwritable !== undefined) return `${jsonText(name)}: ${unwritable}`;
    const count = counts.get(name) ?? 0;
    return count > 1
      ? `${jsonText(name)} is the name of ${count} tools`
      : undefined;
  });
}

/** Half a character has no bytes, so nothing that has one can be pinned. */
function whyNoHash(definition: Json): string | undefined {
  try {
    canonicalJson(definition);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Without recursion, since it may be nested as deeply as it likes. */
function isDeeper(value: Json, limit: number): boolean {
  let level: readonly Json[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap((each) =>
      typeof each === "object" && each !== null ? Object.values(each) : []
    );
  }
  return false;
}
