import { assert, assertThrows } from "@std/assert";
import fc from "fast-check";
import { anySchema } from "../../tests/properties/any_schema.ts";
import type { Json, JsonObject } from "../data/json.ts";
import { jsonSchemaValidator } from "./json_schema_validator.ts";

const WRONG: readonly Json[] = [
  ...[5, { minLength: -1 }, { type: "text" }, { anyOf: [] }],
];

for (const property of WRONG) {
  Deno.test(`jsonSchemaValidator() refuses a schema with ${JSON.stringify(property)} in it`, () => {
    const schema = { type: "object", properties: { a: property } };
    assertThrows(
      () => jsonSchemaValidator()(schema),
      RangeError,
      "it is no JSON Schema: /properties/a",
    );
  });
}

/** Properties of schemas that have the shape of one and cannot be compiled. */
const UNUSABLE: readonly JsonObject[] = [
  { a: { pattern: "(?=a)b" } },
  { a: { patternProperties: { "(?=a)b": true } } },
  { a: { $ref: "#nowhere" } },
  { a: { type: "string", nullable: 1 } },
  { a: { enum: [] } },
  ...["$id", "$anchor", "$dynamicAnchor"].map((key) => ({
    a: { [key]: "same" },
    b: { [key]: "same", type: "string" },
  })),
];

for (const properties of UNUSABLE) {
  Deno.test(`jsonSchemaValidator() refuses ${JSON.stringify(properties)} before it is used`, () => {
    const schema = { type: "object", properties };
    assertThrows(() => jsonSchemaValidator()(schema), Error);
  });
}

Deno.test("jsonSchemaValidator() refuses a schema at once or can always use it", () => {
  const compile = jsonSchemaValidator();
  const taken = { sure: 0, refused: 0 };
  fc.assert(
    fc.property(anySchema, (schema) => {
      const given: JsonObject = JSON.parse(JSON.stringify(schema));
      let args: ReturnType<typeof compile>;
      try {
        args = compile(given);
      } catch {
        taken.refused += 1;
        return;
      }
      void args["~standard"].validate({ a: [1] });
      taken.sure += 1;
    }),
    { numRuns: 3000, seed: 2 },
  );
  assert(Math.min(taken.sure, taken.refused) > 500, JSON.stringify(taken));
});
