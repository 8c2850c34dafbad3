import { assert, assertEquals, assertThrows } from "@std/assert";
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
    const found = [...compileJsonPath(path).places(DOCUMENT)].map((
      { holder, key },
    ) => Object.getOwnPropertyDescriptor(holder, key)?.value);
    const spelled = (values: readonly unknown[]) =>
      values.map((value) => JSON.stringify(value)).sort();
    assertEquals(spelled(found), spelled(byLibrary(path)));
  });
}

for (const path of ["$..*..*", "$..*..url", "$..*[*]..*"]) {
  Deno.test(`compileJsonPath() names each place of ${path} once`, () => {
    const found = [...compileJsonPath(path).places(DOCUMENT)];
    const values = found.map(({ holder, key }) =>
      Object.getOwnPropertyDescriptor(holder, key)?.value
    );
    const spelled = values.map((value) => JSON.stringify(value));
    const want = byLibrary(path).map((value) => JSON.stringify(value));
    assertEquals(new Set(spelled), new Set(want));
    assert(found.length < want.length, "the library names some twice");
    const once = new Map<object, Set<string>>();
    for (const { holder, key } of found) {
      const keys = once.get(holder) ?? new Set();
      assert(!keys.has(key), `${key} twice`);
      once.set(holder, keys.add(key));
    }
  });
}

/** A tree of so many levels, each with so many children, that counts who looks at its nodes. */
function counted(levels: number, children: number, seen: () => void): object {
  const below = levels === 0 ? {} : Object.fromEntries(
    Array.from(
      { length: children },
      (_, index) => [`c${index}`, counted(levels - 1, children, seen)],
    ),
  );
  return new Proxy(below, {
    ownKeys(target) {
      seen();
      return Reflect.ownKeys(target);
    },
  });
}

for (
  const { levels, children, nodes } of [
    { levels: 200, children: 1, nodes: 201 },
    { levels: 9, children: 2, nodes: 1023 },
  ]
) {
  Deno.test(`compileJsonPath() looks at each of ${nodes} nodes at most twice a segment`, () => {
    let looks = 0;
    const document = counted(levels, children, () => looks++);
    const segments = 9;
    const found = [
      ...compileJsonPath(`$${"..*".repeat(segments)}`).places(document),
    ];
    assert(found.length > 0);
    assert(looks <= 2 * segments * nodes, `${looks} looks`);
  });
}

for (
  const { path, top } of [
    { path: "$.task.question", top: "task" },
    { path: "$['a b']..c", top: "a b" },
    { path: "$[0]", top: "0" },
    { path: "$.*", top: undefined },
    { path: "$..task", top: undefined },
    { path: "$..[0]", top: undefined },
  ]
) {
  Deno.test(`compileJsonPath() says with what ${path} begins`, () => {
    assertEquals(compileJsonPath(path).top, top);
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
  assertEquals([...compileJsonPath("$..url").places(deep)].length, 1);
});
