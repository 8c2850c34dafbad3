import { isObject } from "../tools/data/json.ts";

/** The keys of a JSON Schema that say nothing of themselves, each as a path from its top. */
export function undescribedKeys(
  schema: unknown,
  path: readonly string[] = [],
): readonly string[] {
  if (Array.isArray(schema)) {
    return schema.flatMap((each) => undescribedKeys(each, path));
  }
  if (!isObject(schema)) return [];
  return Object.entries(schema).flatMap(([name, value]) => {
    if (name !== "properties" || !isObject(value)) {
      return undescribedKeys(value, path);
    }
    return Object.entries(value).flatMap(([key, each]) => {
      const here = [...path, key];
      const isSilent = !isObject(each) ||
        typeof each.description !== "string" ||
        each.description === "";
      return [
        ...isSilent ? [here.join(".")] : [],
        ...undescribedKeys(each, here),
      ];
    });
  });
}
