import { assertEquals, assertStringIncludes } from "@std/assert";
import policySchema from "../policy/v1.schema.json" with { type: "text" };
import taskSchema from "../tasks/task.schema.json" with { type: "text" };
import { undescribedKeys } from "./described_keys.ts";
import { policyReference } from "./policy_reference.ts";

for (
  const [name, schema] of [["policy", policySchema], ["task", taskSchema]]
) {
  Deno.test(`every key of a ${name} says what it is for`, () => {
    assertEquals(undescribedKeys(JSON.parse(schema ?? "")), []);
  });
}

Deno.test("undescribedKeys() names keys without a description, at any depth", () => {
  const said = { type: "string", description: "It is said" };
  const list = {
    description: "",
    items: { anyOf: [{ properties: { said, silent: { type: "string" } } }] },
  };
  assertEquals(
    undescribedKeys({ properties: { said, list }, $defs: { a: { list } } }),
    ["list", "list.silent", "silent"],
  );
});

Deno.test("policyReference() has keys, types, what holds without them, and what they say", () => {
  const reference = policyReference({
    properties: {
      mode: { enum: ["a", "b"], default: "a", description: "How *.x are met" },
      limits: {
        type: "array",
        items: {
          properties: {
            most: { type: "integer", minimum: 1, description: "How many" },
            id: { type: "string", description: "Its name. Left out: none" },
            per: {
              type: "object",
              additionalProperties: {
                properties: { day: { type: "number", description: "A day" } },
              },
              description: "By name",
            },
          },
          required: ["most"],
        },
        description: "Limits",
      },
    },
    required: ["limits"],
  });
  for (
    const line of [
      '| `mode` | `a`, `b` | `"a"` | How `*.x` are met |',
      "| `limits` | list: [keys](#limits) | refused | Limits |",
      "### `limits`\n",
      "| `most` | integer from 1 | refused | How many |",
      "| `id` | text | none | Its name |",
      "| `per` | by name: [keys](#limitsper) |  | By name |",
      "### `limits.per`\n",
      "| `day` | number |  | A day |",
    ]
  ) assertStringIncludes(reference, line);
});
