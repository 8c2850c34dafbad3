import { loadPolicy, type Policy } from "../policy/document/load.ts";
import { isObject, type Json, type JsonObject } from "../tools/data/json.ts";

/**
 * The policy with some of its keys changed: objects are merged, everything else
 * is replaced. The result is a new policy with its own text and version, and is
 * checked just as strictly.
 *
 * @throws {InputError} when the result is not a sound policy
 */
export function withOverrides(
  policy: Policy,
  overrides: JsonObject | undefined,
  source: string,
): Policy {
  if (overrides === undefined) return policy;
  const document: Json = JSON.parse(JSON.stringify(policy.document));
  const text = JSON.stringify(merge(document, overrides), null, 2);
  return loadPolicy(`${text}\n`, `${source} (policy_overrides)`);
}

function merge(base: Json | undefined, changes: Json): Json {
  if (!isObject(base) || !isObject(changes)) return changes;
  const merged: Record<string, Json> = { ...base };
  for (const [key, value] of Object.entries(changes)) {
    merged[key] = merge(merged[key], value);
  }
  return merged;
}
