import { assert, assertEquals } from "@std/assert";
import { readToolDefinitions } from "../cli/input/tool_definitions.ts";
import { join } from "../deps.ts";
import { isObject, type Json, type JsonObject } from "../tools/data/json.ts";
import type { ToolDefinition } from "../tools/tool.ts";
import { lacks } from "./permissions.ts";
import { PROJECT } from "./program.ts";

const FOLDER = join(PROJECT, "tests/tool_servers");

/** How many tools each server has. */
const SERVERS = {
  dbhub: 2,
  desktop_commander: 26,
  everything: 13,
  filesystem: 14,
  github: 26,
  memory: 9,
  playwright: 25,
  postgres: 1,
  sequential_thinking: 1,
  sqlite: 8,
};

for (const [server, count] of Object.entries(SERVERS)) {
  Deno.test({
    name: `readToolDefinitions() takes all ${count} tools of ${server}`,
    ignore: lacks("read"),
    fn() {
      const text = Deno.readTextFileSync(join(FOLDER, `${server}.json`));
      const { tools, refused } = readToolDefinitions(text, server);
      assertEquals([tools.size, refused], [count, []]);
      for (const tool of tools.values()) {
        const schema = plain(
          tool.args["~standard"].jsonSchema.input({ target: "draft-2020-12" }),
        );
        const good = example(schema);
        if (!isObject(good)) throw new Error(`${tool.name} takes no object`);
        assertEquals(issuesOf(tool, good), [], tool.name);
        for (const bad of wrongOnes(schema, good)) {
          assert(
            issuesOf(tool, bad).length > 0,
            `${tool.name}: ${JSON.stringify(bad)}`,
          );
        }
      }
    },
  });
}

function issuesOf(
  { args }: ToolDefinition,
  value: unknown,
): readonly unknown[] {
  const result = args["~standard"].validate(value);
  if (result instanceof Promise) throw new Error("It answers at once");
  return result.issues ?? [];
}

/** Something that fits a schema, with all its properties, as far as these servers need it. */
function example(schema: Json | undefined): Json {
  if (!isObject(schema)) return "x";
  const { enum: values, anyOf, oneOf } = schema;
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(values)) return values[0];
  const choices = anyOf ?? oneOf;
  if (Array.isArray(choices)) return example(choices[0]);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case "string":
      return "x".repeat(Number(schema.minLength ?? 1));
    case "integer":
    case "number":
      return Number(schema.minimum ?? Number(schema.exclusiveMinimum ?? 0) + 1);
    case "boolean":
      return true;
    case "null":
      return null;
    case "array":
      return Array.from(
        { length: Number(schema.minItems ?? 1) },
        () => example(schema.items),
      );
    case "object": {
      const properties = isObject(schema.properties) ? schema.properties : {};
      return Object.fromEntries(
        Object.entries(properties).map(([key, each]) => [key, example(each)]),
      );
    }
  }
  return "x";
}

/** The same without a required property, with one of another type, and with one too many. */
function* wrongOnes(schema: JsonObject, good: JsonObject): Generator<Json> {
  const open = isObject(schema.additionalProperties) ||
    schema.additionalProperties === true;
  if (!open) yield { ...good, "not an argument": 1 };
  yield [];
  const required = Array.isArray(schema.required) ? schema.required : [];
  for (const key of required.map(String)) {
    yield Object.fromEntries(
      Object.entries(good).filter(([name]) => name !== key),
    );
  }
  const properties = isObject(schema.properties) ? schema.properties : {};
  for (const [key, each] of Object.entries(properties)) {
    if (isObject(each) && typeof each.type === "string") {
      yield { ...good, [key]: each.type === "boolean" ? "x" : true };
    }
  }
}

function plain(value: unknown): JsonObject {
  return JSON.parse(JSON.stringify(value));
}
