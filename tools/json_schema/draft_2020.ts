import { isList, isObject, type Json, type JsonObject } from "../data/json.ts";

/** Keywords whose value is a schema, a list of schemas, or schemas by name. */
const ONE = new Set([
  ...["additionalProperties", "unevaluatedProperties", "propertyNames"],
  ...["not", "if", "then", "else", "contains", "unevaluatedItems", "items"],
]);
const LIST = new Set(["allOf", "anyOf", "oneOf", "prefixItems"]);
const NAMED = new Set([
  ...["properties", "patternProperties", "dependentSchemas"],
  ...["definitions", "$defs"],
]);

/** All other keywords that a validator of 2020-12 knows, or that a model may be told. */
const PLAIN = new Set([
  ...["type", "nullable", "enum", "const", "format", "pattern", "required"],
  ...["maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum"],
  ...["multipleOf", "maxLength", "minLength", "maxItems", "minItems"],
  ...["uniqueItems", "maxContains", "minContains", "maxProperties"],
  ...["minProperties", "dependentRequired", "$anchor", "$dynamicAnchor"],
  ...["title", "description", "deprecated", "readOnly", "writeOnly"],
  ...["contentEncoding", "contentMediaType"],
]);

/** Keywords shown to a model but not to the validator, which would look for identifiers in them. */
const SHOWN = new Set(["default", "examples", "$comment"]);

const DIALECT =
  /^https?:\/\/json-schema\.org\/(?:draft-0[467]\/|draft\/20(?:19-09|20-12)\/)?(?:hyper-)?schema#?$/;

/** A schema may be so deep and have so many schemas within it: compiling takes time and stack for each. */
const MAX_DEPTH = 100;
const MAX_SCHEMAS = 2000;

/** Identifiers are resolved against this when the schema has no identifier. */
const NO_BASE = "https://schema.invalid/";

/** A schema within the one that is translated. */
interface Place {
  /** The schema that references by path begin from, and the URL that others are resolved against. */
  readonly resource: JsonObject;
  readonly base: string;
  readonly depth: number;
}

/** Work done during the translation. */
export interface TranslationOptions {
  /** Adds keywords to each schema, for the validator; it is told how many schemas the schema has directly within it. */
  readonly add?: ((schemas: number) => JsonObject) | undefined;
}

/**
 * Translates a JSON Schema of draft-04, -06, -07, 2019-09 or 2020-12, or one
 * that does not say, to 2020-12. The spellings of every dialect are accepted in
 * each, since many files state the wrong dialect or none. Unknown keywords are
 * left out. References are followed within the schema alone.
 *
 * @throws {RangeError} for another dialect, a reference that leads elsewhere, or a schema that is too large
 */
export function asDraft2020(
  root: JsonObject,
  { add }: TranslationOptions = {},
): JsonObject {
  const { $schema } = root;
  if (
    $schema !== undefined &&
    !(typeof $schema === "string" && DIALECT.test($schema))
  ) {
    throw new RangeError(
      `its "$schema" is ${
        JSON.stringify($schema)
      }; expected JSON Schema draft-04, -06, -07, 2019-09 or 2020-12`,
    );
  }
  const resources = new Map<string, JsonObject>();
  collect(root, { resource: root, base: NO_BASE, depth: 0 });
  return translated(root, { resource: root, base: NO_BASE, depth: 0 });

  /** Finds what has an identifier, and counts. */
  function collect(schema: JsonObject, place: Place): number {
    if (place.depth > MAX_DEPTH) {
      throw new RangeError(`it is nested deeper than ${MAX_DEPTH} schemas`);
    }
    const here = within(schema, place);
    if (here.resource === schema) resources.set(here.base, schema);
    let count = 1;
    for (const below of schemasIn(schema)) {
      count += collect(below, { ...here, depth: place.depth + 1 });
      if (count > MAX_SCHEMAS) {
        throw new RangeError(`it has more than ${MAX_SCHEMAS} schemas`);
      }
    }
    return count;
  }

  function translated(schema: JsonObject, place: Place): JsonObject {
    const here = { ...within(schema, place), depth: place.depth + 1 };
    const one = (value: Json): Json =>
      isObject(value) ? translated(value, here) : value;
    const entries = Object.entries(schema).flatMap(
      ([key, value]): readonly (readonly [string, Json])[] => {
        switch (key) {
          case "$ref":
          case "$dynamicRef":
          case "$recursiveRef":
            return [[
              key === "$recursiveRef" ? "$ref" : key,
              reference(value, here),
            ]];
          case "id":
          case "$id":
            return identifier(value);
          case "exclusiveMinimum":
          case "exclusiveMaximum":
          case "minimum":
          case "maximum":
            return limit(schema, key);
          case "additionalItems":
            return Array.isArray(schema.items) ? [["items", one(value)]] : [];
          case "nullable":
            return schema.type === undefined ? [] : [[key, value]];
          case "dependencies":
            return dependencies(value, one);
        }
        if (key === "items" && isList(value)) {
          return [["prefixItems", value.map(one)]];
        }
        if (ONE.has(key)) return [[key, one(value)]];
        if (LIST.has(key) && isList(value)) {
          return [[key, value.map(one)]];
        }
        if (NAMED.has(key) && isObject(value)) {
          return [[key, mapped(value, one)]];
        }
        if (PLAIN.has(key) || LIST.has(key) || NAMED.has(key)) {
          return [[key, value]];
        }
        return add === undefined && SHOWN.has(key) ? [[key, value]] : [];
      },
    );
    return { ...merged(entries), ...add?.([...schemasIn(schema)].length) };
  }

  /** Where a reference leads, after translating the schemas on its path. */
  function reference(value: Json, { resource, base }: Place): Json {
    if (typeof value !== "string") return value;
    const [address = "", fragment = ""] = value.split("#", 2);
    const target = address === ""
      ? resource
      : resources.get(resolved(address, base));
    if (target === undefined) {
      throw new RangeError(
        `its reference ${
          JSON.stringify(value)
        } leads out of it, where nothing is looked up`,
      );
    }
    if (!fragment.startsWith("/")) return value;
    return `${address}#${moved(target, { fragment, value })}`;
  }
}

function within(schema: JsonObject, place: Place): Place {
  const id = schema.$id ?? schema.id;
  return typeof id !== "string" || id.startsWith("#")
    ? place
    : { ...place, resource: schema, base: resolved(id, place.base) };
}

function resolved(reference: string, base: string): string {
  const url = URL.parse(reference, base);
  if (url === null) {
    throw new RangeError(`its URL ${JSON.stringify(reference)} is not a URL`);
  }
  url.hash = "";
  return url.href;
}

/** In drafts before 2019-09 an identifier may be what is now an anchor. */
function identifier(value: Json): readonly (readonly [string, Json])[] {
  if (typeof value !== "string") return [];
  if (value === "" || value === "#") return [];
  return value.startsWith("#")
    ? [["$anchor", value.slice(1)]]
    : [["$id", value.replace(/#$/, "")]];
}

/** In draft-04 a second keyword makes a limit exclusive. */
function limit(
  schema: JsonObject,
  key: "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum",
): readonly (readonly [string, Json])[] {
  const value = schema[key];
  if (value === undefined) return [];
  if (key === "minimum" || key === "maximum") {
    const exclusive = key === "minimum"
      ? "exclusiveMinimum"
      : "exclusiveMaximum";
    return [[schema[exclusive] === true ? exclusive : key, value]];
  }
  return typeof value === "boolean" ? [] : [[key, value]];
}

function dependencies(
  value: Json,
  one: (value: Json) => Json,
): readonly (readonly [string, Json])[] {
  if (!isObject(value)) return [["dependentSchemas", value]];
  const all = Object.entries(value);
  const required = all.filter(([, each]) => Array.isArray(each));
  const schemas = all.filter(([, each]) => !Array.isArray(each));
  return [
    ["dependentRequired", Object.fromEntries(required)],
    ["dependentSchemas", mapped(Object.fromEntries(schemas), one)],
  ];
}

function mapped(value: JsonObject, one: (value: Json) => Json): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, one(each)]),
  );
}

/** Merges two keywords that become one, such as `dependencies` beside `dependentSchemas`. */
function merged(
  entries: readonly (readonly [string, Json])[],
): JsonObject {
  const all = new Map<string, Json>();
  for (const [key, value] of entries) {
    const before = all.get(key);
    all.set(
      key,
      isObject(before) && isObject(value) && key.startsWith("dependent")
        ? { ...before, ...value }
        : value,
    );
  }
  return Object.fromEntries(all);
}

/** Every schema that is directly within one. */
export function* schemasIn(schema: JsonObject): Generator<JsonObject> {
  for (const [key, value] of Object.entries(schema)) {
    const some = key === "additionalItems" || ONE.has(key)
      ? isList(value) ? value : [value]
      : LIST.has(key) && isList(value)
      ? value
      : (NAMED.has(key) || key === "dependencies") && isObject(value)
      ? Object.values(value)
      : [];
    yield* some.filter((each) => isObject(each));
  }
}

/** The path of a reference as the translation has it; each step must lead to a schema. */
function moved(
  target: JsonObject,
  { fragment, value }: { readonly fragment: string; readonly value: string },
): string {
  const steps: string[] = [];
  const given = fragment.slice(1).split("/");
  let node: Json | undefined = target;
  for (let at = 0; at < given.length; at++) {
    const key = unescaped(given[at] ?? "");
    const below: Json | undefined = isObject(node) ? own(node, key) : undefined;
    const next = given[at + 1];
    if (isObject(node) && key === "additionalItems") {
      steps.push("items");
      node = below;
    } else if (ONE.has(key) && !Array.isArray(below)) {
      steps.push(key);
      node = below;
    } else if (
      (LIST.has(key) || key === "items") && below !== undefined &&
      isList(below) &&
      next !== undefined && /^\d+$/.test(next)
    ) {
      steps.push(key === "items" ? "prefixItems" : key, next);
      node = below[Number(next)];
      at += 1;
    } else if (
      (NAMED.has(key) || key === "dependencies") && isObject(below) &&
      next !== undefined
    ) {
      steps.push(key === "dependencies" ? "dependentSchemas" : key, next);
      node = own(below, unescaped(next));
      at += 1;
    } else {
      node = undefined;
    }
    if (!isObject(node) && typeof node !== "boolean") {
      throw new RangeError(
        `its reference ${JSON.stringify(value)} leads to no schema`,
      );
    }
  }
  return steps.map((step) => `/${step}`).join("");
}

function unescaped(step: string): string {
  try {
    return decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch {
    return step;
  }
}

function own(value: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}
