import { isList, type Json } from "../tools/data/json.ts";

/** Whether a value is plain and the same as some JSON, with its keys in the same order. */
export function isSameJson(value: unknown, json: Json): boolean {
  if (typeof json !== "object" || json === null) {
    // JSON writes no minus before a zero.
    return value === json && !Object.is(value, -0);
  }
  if (typeof value !== "object" || value === null) return false;
  const prototype = isList(json) ? Array.prototype : Object.prototype;
  if (Object.getPrototypeOf(value) !== prototype) return false;
  const found = Object.entries(value);
  const wanted: readonly (readonly [string, Json])[] = Object.entries(json);
  return found.length === wanted.length &&
    wanted.every(([key, each], index) =>
      found[index]?.[0] === key && isSameJson(found[index][1], each)
    );
}
