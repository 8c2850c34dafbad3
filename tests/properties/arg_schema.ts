import { equal } from "@std/assert";
import fc from "fast-check";
import { readToolDefinitions } from "../../cli/input/tool_definitions.ts";
import { z } from "../../deps.ts";
import { asPlainJson } from "../../tools/data/plain_json.ts";
import { toolRegistry } from "../../tools/registry.ts";
import { standardSchema } from "../../tools/schema.ts";
import type { ToolDefinition } from "../../tools/tool.ts";
import { gateOpener, noPaths } from "../hostile/gates.ts";
import { policyWith } from "../hostile/policy.ts";
import { property } from "./property.ts";

/** The same arguments, as two libraries describe them. */
const zod = {
  name: "zod",
  description: "",
  effects: {},
  args: standardSchema(z.strictObject({
    path: z.string().check(z.minLength(1), z.maxLength(4)),
    limit: z.int().check(z.minimum(1), z.maximum(100)),
    tags: z.optional(z.array(z.string()).check(z.maxLength(2))),
  })),
};
const ajv = {
  name: "ajv",
  input_schema: {
    type: "object",
    required: ["path", "limit"],
    properties: {
      path: { type: "string", minLength: 1, maxLength: 4 },
      limit: { type: "integer", minimum: 1, maximum: 100 },
      tags: { type: "array", items: { type: "string" }, maxItems: 2 },
    },
  },
};

const tools = toolRegistry<ToolDefinition>([
  zod,
  ...readToolDefinitions(JSON.stringify([ajv]), "tools.json").tools.values(),
]);
const policy = policyWith({
  tool_registry: { allowed: ["zod", "ajv"], denied: [] },
}).document;
const open = gateOpener({ policy, tools, inspect: noPaths });

const anything = fc.jsonValue({ maxDepth: 2 });
const path = fc.oneof(fc.string({ maxLength: 5 }), anything);
const limit = fc.oneof(fc.integer({ min: -1, max: 102 }), anything);
const tags = fc.oneof(fc.array(fc.string(), { maxLength: 3 }), anything);

/** Arguments, most of which nearly fit. */
const args = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({ path, limit, tags, extra: anything }, {
      requiredKeys: [],
    }),
  },
  { weight: 1, arbitrary: anything },
);

/** Reads the schema word for word. */
function fits(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return false;
  }
  const { path, limit, tags, ...rest }: Record<string, unknown> = { ...value };
  return Object.keys(rest).length === 0 &&
    typeof path === "string" && path.length >= 1 && path.length <= 4 &&
    Number.isInteger(limit) && Number(limit) >= 1 && Number(limit) <= 100 &&
    (!("tags" in value) || Array.isArray(tags) && tags.length <= 2 &&
        tags.every((tag) => typeof tag === "string"));
}

/** Neither library counts a letter of two code units alike, and neither must. */
function isAscii(value: unknown): boolean {
  return /^[\x20-\x7e]*$/.test(JSON.stringify(value));
}

export const ARGUMENT_PROPERTIES = [
  property(
    "arguments are allowed exactly when they fit the schema",
    fc.property(args, (value) => {
      if (!isAscii(value)) return true;
      const args_json = JSON.stringify(value);
      return [...tools.keys()].every((tool) => {
        const gate = open();
        const { effect, rule } = gate.judge(gate.propose({ tool, args_json }));
        return fits(value)
          ? effect === "allow"
          : effect === "deny" && rule === "arg_schema";
      });
    }),
  ),
  property(
    "what is allowed is what was written",
    fc.property(args, (value) => {
      const args_json = JSON.stringify(value);
      return [...tools.keys()].every((tool) => {
        const { args } = open().propose({ tool, args_json });
        const written: unknown = JSON.parse(args_json);
        return !args.ok ||
          equal(args.value, written) &&
            equal(JSON.parse(args.canonical), written);
      });
    }),
  ),
  property(
    "plain data is taken as it is written, and nothing else",
    fc.property(
      fc.anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withSet: true,
        withNullPrototype: true,
        withSparseArray: true,
        withTypedArray: true,
        withBoxedValues: true,
        withObjectString: true,
      }),
      (value) => {
        const plain = asPlainJson(value);
        return plain === undefined ||
          JSON.stringify(plain) === JSON.stringify(value);
      },
    ),
  ),
  property(
    "all that JSON can say is plain data",
    fc.property(
      fc.jsonValue(),
      (value) => JSON.stringify(asPlainJson(value)) === JSON.stringify(value),
    ),
  ),
];
