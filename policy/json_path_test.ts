import { assertEquals, assertThrows } from "@std/assert";
import { exec } from "jsonpath-rfc9535";
import { compileJsonPath } from "./json_path.ts";

const DOCUMENT = {
  type: "policy_checked",
  url: "https://a.example/?token=1",
  metadata: { url: "x", "a b": ["y", { url: "z" }], "0": "zero" },
  calls: [{ args: { url: "w", deep: { url: ["v"] } } }, { args: {} }, null],
  "ünï": { length: 3 },
  empty: {},
};

const PATHS = [
  "$.url",
  "$.metadata.url",
  "$.metadata['a b'][0]",
  '$["metadata"]["a b"][1].url',
  "$..url",
  "$..*",
  "$.*",
  "$[*]",
  "$.calls[*].args",
  "$.calls[0].args.url",
  "$.calls[2].args",
  "$.calls[9]",
  "$..calls[1]",
  "$..[0]",
  "$..['url']",
  "$..['0']",
  "$.calls['1']",
  "$..args..url",
  "$.metadata.*.url",
  "$.ünï.length",
  "$.calls.length",
  "$.nowhere.url",
  "$.empty.*",
  "$..constructor",
];

/** How the library spells the places that a path names. */
function byLibrary(path: string): readonly unknown[] {
  const found: unknown[] = [];
  exec(
    JSON.parse(JSON.stringify(DOCUMENT)),
    path,
    (value) => found.push(value),
  );
  return found;
}

for (const path of PATHS) {
  Deno.test(`compileJsonPath() finds what RFC 9535 says for ${path}`, () => {
    const found = [...compileJsonPath(path)(DOCUMENT)].map(({ holder, key }) =>
      Object.getOwnPropertyDescriptor(holder, key)?.value
    );
    const spelled = (values: readonly unknown[]) =>
      values.map((value) => JSON.stringify(value)).sort();
    assertEquals(spelled(found), spelled(byLibrary(path)));
  });
}

for (
  const text of [
    "",
    "$",
    "url",
    ".url",
    "$url",
    "$.",
    "$..",
    "$.a.",
    "$.a b",
    "$.a[",
    "$.a[]",
    "$.a['b]",
    "$.a['']",
    "$.a['\\n']",
    "$.a[-1]",
    "$.a[01]",
    "$.a[0:1]",
    "$.a[0,1]",
    "$.a[?@.b]",
    "$.1a",
    "$...a",
  ]
) {
  Deno.test(`compileJsonPath() refuses ${JSON.stringify(text)}`, () => {
    assertThrows(
      () => compileJsonPath(text),
      SyntaxError,
      "expected a JSONPath",
    );
  });
}

Deno.test("compileJsonPath() finds its way through a document of any depth", () => {
  const deep = JSON.parse(
    `${"[".repeat(50_000)}{"url":1}${"]".repeat(50_000)}`,
  );
  assertEquals([...compileJsonPath("$..url")(deep)].length, 1);
});
