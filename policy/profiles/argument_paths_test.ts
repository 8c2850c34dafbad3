import { assertEquals } from "@std/assert";
import type { JsonObject } from "../../tools/data/json.ts";
import { argumentPaths, isSameArgument } from "./argument_paths.ts";
import { placeArguments } from "./place_arguments.ts";

const text = { type: "string" };

const SCHEMAS: readonly {
  readonly what: string;
  readonly schema: JsonObject;
  readonly paths: readonly string[];
}[] = [
  { what: "no properties", schema: { type: "object" }, paths: [] },
  {
    what: "a list of texts",
    schema: { properties: { paths: { type: "array", items: text } } },
    paths: ["paths"],
  },
  {
    what: "a list of objects",
    schema: {
      properties: {
        files: { type: "array", items: { properties: { path: text } } },
      },
    },
    paths: ["files", "$.files[*].path"],
  },
  {
    what: "a choice within a choice",
    schema: {
      properties: {
        content: {
          anyOf: [text, {
            type: "array",
            items: { oneOf: [{ properties: { source: text } }] },
          }],
        },
      },
    },
    paths: ["content", "$.content[*].source"],
  },
  {
    what: "a tuple and any other key",
    schema: {
      properties: {
        pair: { prefixItems: [{ properties: { a: text } }] },
        map: { additionalProperties: { properties: { b: text } } },
      },
    },
    paths: ["pair", "map", "$.pair[*].a", "$.map.*.b"],
  },
  {
    what: "a name that is no identifier",
    schema: { properties: { "a b": { properties: { "c-d": text } } } },
    paths: ["a b", "$['a b']['c-d']"],
  },
  {
    what: "a reference, and one to itself",
    schema: {
      $defs: { node: { properties: { path: text, next: { $ref: "#" } } } },
      properties: { node: { $ref: "#/$defs/node" } },
    },
    paths: ["node", "$.node.path", "$.node.next"],
  },
];

for (const { what, schema, paths } of SCHEMAS) {
  Deno.test(`argumentPaths() finds what is in ${what}`, () => {
    assertEquals(argumentPaths(schema).map(({ path }) => path), paths);
  });
}

Deno.test("argumentPaths() ends with references in more ways than can be followed", () => {
  const $defs = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => {
      const next = { $ref: `#/$defs/n${index + 1}` };
      return [`n${index}`, { properties: { a: next, b: next } }];
    }),
  );
  const found = argumentPaths({ $defs, $ref: "#/$defs/n0" });
  assertEquals(found[0]?.path, "a");
});

for (
  const { one, other, isSame } of [
    { one: "paths", other: "$.paths[*]", isSame: true },
    { one: "$.files[*].path", other: "$.files[*].path", isSame: true },
    { one: "path", other: "$.files[*].path", isSame: false },
    { one: "a b", other: "$['a b']", isSame: true },
  ]
) {
  Deno.test(`isSameArgument() takes ${one} and ${other} for ${isSame ? "one" : "two"}`, () => {
    assertEquals(isSameArgument(one, other), isSame);
  });
}

const NAMES: readonly {
  readonly name: string;
  readonly schema?: JsonObject;
  readonly kind: string | undefined;
}[] = [
  { name: "path", kind: "path" },
  { name: "file_path", kind: "path" },
  { name: "sourcePdfPath", kind: "path" },
  { name: "outputPath", kind: "path" },
  { name: "destination", kind: "path" },
  { name: "baseURL", kind: "url" },
  { name: "data", schema: { type: "string", format: "uri" }, kind: "url" },
  {
    name: "data",
    schema: { type: "string", default: "https://example.com/" },
    kind: "url",
  },
  { name: "paths", schema: { type: "array", items: text }, kind: "path" },
  { name: "path", schema: { type: ["string", "null"] }, kind: "path" },
  { name: "path", schema: {}, kind: "path" },
  { name: "file", schema: { type: "boolean" }, kind: undefined },
  { name: "source", schema: { enum: ["a", "b"] }, kind: undefined },
  { name: "isUrl", schema: { type: "boolean" }, kind: undefined },
  { name: "profile", kind: undefined },
  { name: "pathology", kind: undefined },
];

for (const { name, schema = text, kind } of NAMES) {
  Deno.test(`placeArguments() takes ${name} ${JSON.stringify(schema)} for ${kind ?? "neither"}`, () => {
    assertEquals(
      placeArguments({ properties: { [name]: schema } }).map(({ kind }) =>
        kind
      ),
      kind === undefined ? [] : [kind],
    );
  });
}
