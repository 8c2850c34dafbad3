import { isObject, type JsonObject } from "../../tools/data/json.ts";
import { referred } from "../../tools/registry.ts";

/** An argument of a tool, however deep it stands. */
export interface ArgumentPath {
  /** As a policy names it: a name, or a JSONPath such as `$.files[*].path`. */
  readonly path: string;
  /** The last name on the way to it. */
  readonly name: string;
  /** What the schema says of it. */
  readonly schema: Readonly<Record<string, unknown>>;
}

/**
 * The arguments that a JSON Schema describes, also those in lists and deeper. A list
 * of texts has one path, as a policy judges its items one by one.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const path = { type: "string" };
 * const files = { type: "array", items: { properties: { path } } };
 * const found = argumentPaths({ properties: { branch: path, files } });
 * assertEquals(found.map(({ path }) => path), [
 *   "branch",
 *   "files",
 *   "$.files[*].path",
 * ]);
 * ```
 */
export function argumentPaths(root: JsonObject): readonly ArgumentPath[] {
  const found = new Map<string, ArgumentPath>();
  const open: Place[] = [{ schema: root, steps: [], within: [] }];
  for (let looks = 0; looks < MAX_LOOKS; looks++) {
    const place = open.shift();
    if (place === undefined) break;
    const { schema, steps, within } = place;
    if (!isObject(schema) || within.includes(schema)) continue;
    const inside = [...within, schema];
    const below = (deeper: readonly string[]) => (schema: unknown): Place => ({
      schema,
      steps: deeper,
      within: inside,
    });
    for (const [key, each] of Object.entries(Object(schema.properties))) {
      const deeper = [...steps, step(key)];
      const path = spelled(deeper, key);
      if (isObject(each) && !found.has(path)) {
        found.set(path, { path, name: key, schema: each });
      }
      open.push(below(deeper)(each));
    }
    const items = [schema.items, ...listAt(schema, "prefixItems")];
    open.push(
      ...items.map(below([...steps, "[*]"])),
      below([...steps, ".*"])(schema.additionalProperties),
      ...PARTS.flatMap((key) => listAt(schema, key)).map(below(steps)),
      below(steps)(referred(root, schema.$ref)),
    );
  }
  return [...found.values()];
}

/** Keywords by which a schema describes its value through other schemas. */
const PARTS = ["allOf", "anyOf", "oneOf"] as const;

/** A schema may refer to itself in so many ways that they could never all be followed. */
const MAX_LOOKS = 10_000;

/** A schema in a schema, with the way to what it describes. */
interface Place {
  readonly schema: unknown;
  readonly steps: readonly string[];
  /** The schemas that it stands in. */
  readonly within: readonly unknown[];
}

/** Whether a policy means the same argument by both: an item counts as its list. */
export function isSameArgument(one: string, other: string): boolean {
  const plain = (path: string) =>
    (path.startsWith("$") ? path : spelledAsPath(path)).replace(/\[\*\]$/, "");
  return plain(one) === plain(other);
}

function spelled(steps: readonly string[], name: string): string {
  return steps.length === 1 && !name.startsWith("$")
    ? name
    : `$${steps.join("")}`;
}

function spelledAsPath(name: string): string {
  return `$${step(name)}`;
}

function step(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `['${key}']`;
}

function listAt(
  schema: Readonly<Record<string, unknown>>,
  key: string,
): readonly unknown[] {
  const value = schema[key];
  return Array.isArray(value) ? value : [];
}
