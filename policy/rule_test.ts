import { assertEquals } from "@std/assert";
import type { Json } from "../tools/data/json.ts";
import { argumentsNamed } from "./arguments.ts";

function fit(value: Json) {
  return { ok: true, value, canonical: "" } as const;
}

function unfit(value: Json | undefined, path: string) {
  return { ok: false, value, canonical: "", reason: "", path } as const;
}

const CASES = [
  {
    what: "the arguments of that name, in the order of the names",
    args: fit({ a: "1", b: "2", c: "3" }),
    want: [{ key: "c", value: "3" }, { key: "a", value: "1" }],
  },
  {
    what: "every item of a list",
    args: fit({ a: ["1", 2, null] }),
    want: [
      { key: "a", value: "1" },
      { key: "a", value: 2 },
      { key: "a", value: null },
    ],
  },
  {
    what: "a list in a list as it is",
    args: fit({ a: [["1"]] }),
    want: [{ key: "a", value: ["1"] }],
  },
  {
    what: "values that are no strings",
    args: fit({ a: null, c: { x: 1 } }),
    want: [{ key: "c", value: { x: 1 } }, { key: "a", value: null }],
  },
  {
    what: "arguments that do not fit",
    args: unfit({ a: "1", z: 1 }, ""),
    want: [{ key: "a", value: "1" }],
  },
  {
    what: "the items of a list when another argument does not fit",
    args: unfit({ a: ["1"], z: 1 }, "z"),
    want: [{ key: "a", value: "1" }],
  },
  {
    what: "the items of a list of which one does not fit",
    args: unfit({ a: ["1", 2] }, "a[1]"),
    want: [{ key: "a", value: "1" }, { key: "a", value: 2 }],
  },
  {
    what: "a list as it is where the schema wants none",
    args: unfit({ a: ["1"] }, "a"),
    want: [{ key: "a", value: ["1"] }],
  },
  { what: "nothing of an empty list", args: fit({ a: [] }), want: [] },
  { what: "nothing of other arguments", args: fit({ b: "2" }), want: [] },
  {
    what: "nothing when nothing could be read",
    args: unfit(undefined, ""),
    want: [],
  },
  { what: "nothing of null", args: unfit(null, ""), want: [] },
  { what: "nothing of a text", args: unfit("a", ""), want: [] },
];

for (const { what, args, want } of CASES) {
  Deno.test(`argumentsNamed() returns ${what}`, () => {
    assertEquals(argumentsNamed(["c", "a"], args), want);
  });
}

for (const key of ["toString", "constructor", "__proto__", "length"]) {
  Deno.test(`argumentsNamed() does not find the inherited ${key}`, () => {
    assertEquals(argumentsNamed([key], fit({ a: "1" })), []);
  });
}
