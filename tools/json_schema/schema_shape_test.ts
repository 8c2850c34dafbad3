import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Ajv2020 } from "npm:ajv@8.20.0/dist/2020.js";
import type { JsonObject } from "../data/json.ts";
import { anySchema } from "../../tests/properties/any_schema.ts";
import { refuseMisshapen } from "./schema_shape.ts";

/** The standard's own schema of schemas, as the validator brings it. */
const standard = new Ajv2020({ strict: false, validateFormats: false });

function isRefused(given: JsonObject): boolean {
  try {
    refuseMisshapen(given);
    return false;
  } catch (error) {
    assert(error instanceof RangeError);
    return true;
  }
}

Deno.test("refuseMisshapen() refuses what the standard's schema of schemas refuses", () => {
  const refused = { yes: 0, no: 0 };
  fc.assert(
    fc.property(anySchema, (schema) => {
      const given: JsonObject = JSON.parse(JSON.stringify(schema));
      const isWrong = isRefused(given);
      refused[isWrong ? "yes" : "no"] += 1;
      assertEquals(isWrong, standard.validateSchema(given) !== true);
    }),
    { numRuns: 3000, seed: 1 },
  );
  // Both happen often, so that the comparison means something.
  assert(Math.min(refused.yes, refused.no) > 500, JSON.stringify(refused));
});

for (
  const { schema, message } of [
    {
      schema: { properties: { a: { items: { type: "text" } } } },
      message:
        "it is no JSON Schema: /properties/a/items/type: Invalid input: expected array, received string",
    },
    {
      schema: { required: ["a", "a"] },
      message: "it is no JSON Schema: /required: the same one twice",
    },
    {
      schema: { properties: { a: 5 } },
      message:
        "it is no JSON Schema: /properties/a: Invalid input: expected object, received number",
    },
  ]
) {
  Deno.test(`refuseMisshapen() says where ${JSON.stringify(schema)} is wrong`, () => {
    assertThrows(() => refuseMisshapen(schema), RangeError, message);
  });
}
