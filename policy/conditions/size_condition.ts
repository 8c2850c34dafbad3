import type { CallContext } from "./call_context.ts";
import type { Operators } from "./condition.ts";
import { agreed, type Truth } from "./truth.ts";

/**
 * Whether a comparison of sizes holds; `undefined` for another condition. Unknown
 * where that depends on characters that cannot be seen.
 */
export function sizeTruth(
  condition: Operators,
  value: unknown,
  { budget, formsOf }: CallContext,
): Truth | undefined {
  const size = plainSizeTruth(condition, value);
  if (size === undefined || typeof value !== "string") return size;
  if (!budget.spend("characters", value.length)) return "unknown";
  const { plain } = formsOf(value);
  return plain === value
    ? size
    : agreed([size, plainSizeTruth(condition, plain) ?? "unknown"]);
}

function plainSizeTruth(
  { longer_than, more_characters_than, fewer_characters_than }: Operators,
  value: unknown,
): Truth | undefined {
  if (
    longer_than === undefined && more_characters_than === undefined &&
    fewer_characters_than === undefined
  ) return undefined;
  if (typeof value !== "string" && !Array.isArray(value)) return "unknown";
  if (longer_than !== undefined) return value.length > longer_than;
  const size = typeof value === "string" ? [...value].length : value.length;
  return more_characters_than === undefined
    ? size < (fewer_characters_than ?? 0)
    : size > more_characters_than;
}
