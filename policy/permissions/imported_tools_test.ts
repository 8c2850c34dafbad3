import { assertEquals } from "@std/assert";
import { covered } from "./imported_tools.ts";

const NAMES = ["Read", "a.b", "github.get_issue", "sqlite.*", "WebFetch"];

for (
  const { tools, found } of [
    { tools: ["Read", "Edit"], found: ["Read"] },
    { tools: ["a.*"], found: ["a.b"] },
    { tools: ["github.*"], found: ["github.get_issue"] },
    { tools: ["sqlite.*"], found: ["sqlite.*"] },
    // A part of a family.
    { tools: ["sqlite.query"], found: ["sqlite.query"] },
    { tools: ["sqlite.get_*"], found: ["sqlite.get_*"] },
    { tools: { named: "*" }, found: NAMES },
    { tools: { named: "Web*" }, found: ["WebFetch"] },
    {
      tools: { named: "mcp__*" },
      found: ["a.b", "github.get_issue", "sqlite.*"],
    },
    { tools: { named: "mcp__github__*_issue" }, found: ["github.get_issue"] },
    { tools: { named: "mcp__*__query" }, found: ["sqlite.*"] },
    { tools: { named: "mcp__sqlite__get_*" }, found: ["sqlite.*"] },
  ]
) {
  Deno.test(`covered() finds ${found.join(", ")} for ${JSON.stringify(tools)}`, () => {
    assertEquals(covered(tools, NAMES), found);
  });
}
