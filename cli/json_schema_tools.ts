import { Ajv2020, type ErrorObject } from "npm:ajv@8.20.0/dist/2020.js";
import { z } from "../deps.ts";
import { InputError } from "../policy/input_error.ts";
import { canonicalJson } from "../tools/canonical_json.ts";
import type { Json } from "../tools/json.ts";
import { toolRegistry } from "../tools/registry.ts";
import type { Schema } from "../tools/schema.ts";
import type { Effects, ToolDefinition } from "../tools/tool.ts";

interface ToolFileEntry {
  readonly name: string;
  readonly description?: string | undefined;
  readonly input_schema: Readonly<Record<string, Json>>;
  readonly effects?: Effects | undefined;
}

const keys = z.optional(z.array(z.string().check(z.minLength(1))));

const toolFile: z.ZodMiniType<readonly ToolFileEntry[]> = z.array(
  z.strictObject({
    name: z.string().check(z.minLength(1)),
    description: z.optional(z.string()),
    input_schema: z.record(z.string(), z.json()),
    effects: z.optional(
      z.strictObject({ fetches: keys, reads: keys, writes: keys }),
    ),
  }),
);

/**
 * Reads definitions of tools from JSON: `[{"name", "description",
 * "input_schema", "effects": {"fetches": [], "reads": [], "writes": []}}]`. The
 * schemas are JSON Schema 2020-12. A property that a schema says nothing of is
 * refused, as it is for the tools of this runtime.
 *
 * @throws {InputError} when the text is not such a list, naming what is wrong
 */
export function readToolDefinitions(
  text: string,
  source: string,
): ReadonlyMap<string, ToolDefinition> {
  const parsed = toolFile.safeParse(parseJson(text, source));
  if (!parsed.success) {
    throw new InputError(
      source,
      parsed.error.issues.map(({ path, message }) => ({
        path: path.map(String).join("."),
        message,
      })),
    );
  }
  try {
    return toolRegistry(parsed.data.map(definition));
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(source, [{ path: "", message }], { cause });
  }
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputError(source, [{ path: "", message: "it is not JSON" }], {
      cause,
    });
  }
}

function definition(entry: ToolFileEntry): ToolDefinition {
  const { name, description = "", effects = {}, input_schema } = entry;
  return { name, description, effects, args: jsonSchema(name, input_schema) };
}

/** As the validator's own, which compares each item with each other one. */
const UNIQUE_ITEMS = {
  keyword: "uniqueItems",
  type: "array",
  schemaType: "boolean",
  error: { message: "must not have the same item twice" },
  validate: (unique: boolean, items: readonly Json[]) =>
    !unique || areUnique(items),
} as const;

function areUnique(items: readonly Json[]): boolean {
  const seen = new Set<string>();
  return items.every((item) => seen.size < seen.add(canonicalJson(item)).size);
}

/** Offers a JSON Schema under Standard Schema; values are neither coerced nor completed. */
function jsonSchema(
  tool: string,
  given: Readonly<Record<string, Json>>,
): Schema<unknown> {
  const schema = { unevaluatedProperties: false, ...given };
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.removeKeyword("uniqueItems").addKeyword(UNIQUE_ITEMS);
  let validate: ReturnType<typeof ajv.compile>;
  try {
    validate = ajv.compile(schema);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RangeError(
      `Cannot use the input_schema of the tool "${tool}": ${reason}`,
      { cause },
    );
  }
  return {
    "~standard": {
      version: 1,
      vendor: "ajv",
      validate: (value) =>
        validate(value)
          ? { value }
          : { issues: (validate.errors ?? []).map(issueOf) },
      jsonSchema: { input: () => schema },
    },
  };
}

function issueOf({ message, instancePath, params }: ErrorObject) {
  const extra = params.unevaluatedProperty ?? params.additionalProperty;
  const path = instancePath.split("/").slice(1);
  return {
    message: extra === undefined
      ? message ?? "does not fit"
      : `unknown key "${extra}"`,
    path,
  };
}
