import { assertEquals, assertStrictEquals } from "@std/assert";
import { z } from "../deps.ts";
import { standardSchema } from "./schema.ts";

const schema = standardSchema(
  z.strictObject({ count: z.int().check(z.minimum(1)) }),
);

Deno.test("standardSchema() names its version and its vendor", () => {
  const { version, vendor } = schema["~standard"];
  assertEquals([version, vendor], [1, "zod"]);
});

Deno.test("standardSchema() returns the value that fits", async () => {
  const result = await schema["~standard"].validate({ count: 1 });
  assertEquals([result.issues, "value" in result && result.value], [
    undefined,
    { count: 1 },
  ]);
});

Deno.test("standardSchema() says in words what does not fit, and where", async () => {
  const { issues = [] } = await schema["~standard"].validate({ count: "1" });
  assertEquals(issues.map(({ message, path }) => ({ message, path })), [{
    message: "Invalid input: expected number, received string",
    path: ["count"],
  }]);
});

Deno.test("standardSchema() returns the JSON Schema of what it accepts", () => {
  const { jsonSchema } = schema["~standard"];
  assertEquals(jsonSchema.input({ target: "draft-2020-12" }), {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    properties: {
      count: { type: "integer", minimum: 1, maximum: 9007199254740991 },
    },
    required: ["count"],
    additionalProperties: false,
  });
});

Deno.test("standardSchema() makes the JSON Schema once", () => {
  const { jsonSchema } = schema["~standard"];
  const options = { target: "draft-2020-12" } as const;
  assertStrictEquals(jsonSchema.input(options), jsonSchema.input(options));
});
