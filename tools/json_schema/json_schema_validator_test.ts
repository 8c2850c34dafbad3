import { assertThrows } from "@std/assert";
import { jsonSchemaValidator } from "./json_schema_validator.ts";

for (
  const property of [5, { minLength: -1 }, { type: "text" }, { anyOf: [] }]
) {
  Deno.test(`jsonSchemaValidator() refuses a schema with ${JSON.stringify(property)} in it`, () => {
    const schema = { type: "object", properties: { a: property } };
    assertThrows(
      () => jsonSchemaValidator()(schema),
      RangeError,
      "it is no JSON Schema: /properties/a",
    );
  });
}
