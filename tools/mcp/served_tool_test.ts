import { assertEquals } from "@std/assert";
import { canonicalJson } from "../data/canonical_json.ts";
import { sha256Text } from "../data/sha256.ts";
import { jsonSchemaValidator } from "../json_schema/json_schema_validator.ts";
import { listedTool } from "./served_tool.ts";

const reader = { server: "fs", schema: jsonSchemaValidator() };

const ENTRY = {
  name: "read",
  description: "Read",
  inputSchema: { type: "object", properties: { path: { type: "string" } } },
  annotations: { readOnlyHint: true },
};

Deno.test("listedTool() believes nothing of a server but name, description and schema", () => {
  const { name, tool, fault } = listedTool(ENTRY, reader);
  assertEquals([name, fault], ["read", undefined]);
  assertEquals(
    [
      tool?.name,
      tool?.description,
      tool?.effects,
      tool?.labels,
      tool?.idempotent,
    ],
    ["fs.read", "Read", {}, undefined, undefined],
  );
  assertEquals(tool?.isUndescribed, true);
});

Deno.test("listedTool() hashes the whole entry, in any order of its keys", () => {
  const want = sha256Text(canonicalJson(ENTRY));
  const turned = Object.fromEntries(Object.entries(ENTRY).reverse());
  for (const entry of [ENTRY, turned]) {
    assertEquals(listedTool(entry, reader).tool?.definitionSha256, want);
  }
  const other = { ...ENTRY, annotations: { readOnlyHint: false } };
  assertEquals(
    listedTool(other, reader).tool?.definitionSha256 === want,
    false,
  );
});

for (
  const { entry, fault } of [
    { entry: 1, fault: "it is not an object" },
    { entry: {}, fault: "it has no name" },
    { entry: { name: "" }, fault: "it has no name" },
    { entry: { name: "a" }, fault: "its inputSchema is not an object" },
    {
      entry: { ...ENTRY, description: 1 },
      fault: "its description is not a string",
    },
    {
      entry: { ...ENTRY, title: "\ud800" },
      fault: "Cannot write a lone surrogate in canonical JSON",
    },
  ]
) {
  Deno.test(`listedTool() has no tool of ${JSON.stringify(entry)}`, () => {
    const read = listedTool(entry, reader);
    assertEquals([read.tool, read.fault], [undefined, fault]);
  });
}
