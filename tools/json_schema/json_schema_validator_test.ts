import { assertThrows } from "@std/assert";
import type { Json } from "../data/json.ts";
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
