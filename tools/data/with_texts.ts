import { isList, type Json } from "./json.ts";

/**
 * The same JSON with each text in it changed, keys of objects too; the same value
 * where nothing changes.
 */
export function withTexts(
  value: Json,
  change: (text: string) => string,
): Json {
  if (typeof value === "string") return change(value);
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) {
    const items = value.map((item) => withTexts(item, change));
    return items.some((each, index) => each !== value[index]) ? items : value;
  }
  const entries = Object.entries(value);
  const changed = entries.map(([key, each]): [string, Json] => [
    change(key),
    withTexts(each, change),
  ]);
  const isSame = changed.every(([key, each], index) =>
    key === entries[index]?.[0] && each === entries[index]?.[1]
  );
  return isSame ? value : Object.fromEntries(changed);
}
