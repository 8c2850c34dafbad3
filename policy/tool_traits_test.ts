import { assertEquals } from "@std/assert";
import { onlyReads, type ToolTraits } from "./tool_traits.ts";

const match = ["fs.read"];

for (
  const { traits, only } of [
    { traits: [{ match, reads: ["path"] }], only: true },
    { traits: [{ match, reads: ["path"], labels: ["private"] }], only: true },
    { traits: [], only: false },
    { traits: [{ match: ["fs.other"], reads: ["path"] }], only: false },
    // It may still change what no argument names.
    { traits: [{ match, effects: "none" }], only: false },
    { traits: [{ match, reads: ["a"], writes: ["b"] }], only: false },
    {
      traits: [{ match, reads: ["a"] }, { match, fetches: ["b"] }],
      only: false,
    },
    { traits: [{ match, reads: ["a"], labels: ["sink"] }], only: false },
  ] satisfies readonly {
    readonly traits: readonly ToolTraits[];
    readonly only: boolean;
  }[]
) {
  Deno.test(`onlyReads() is ${only} for ${JSON.stringify(traits)}`, () => {
    assertEquals(onlyReads("fs.read", traits), only);
  });
}
