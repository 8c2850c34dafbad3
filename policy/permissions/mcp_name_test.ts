import { assertEquals } from "@std/assert";
import { serverTools, serverToolsMeant } from "./mcp_name.ts";

for (
  const { rule, allowed, meant } of [
    { rule: "mcp__a1", allowed: "a1.*", meant: ["a1.*"] },
    { rule: "mcp__a1__*", allowed: "a1.*", meant: ["a1.*"] },
    { rule: "mcp__a__b", allowed: "a.b", meant: ["a.b"] },
    { rule: "mcp__ab__get_*", allowed: "ab.get_*", meant: ["ab.get_*"] },
    // A star that is not at the end, two ways to read it, and names that no policy can have.
    { rule: "mcp__ab__*_x", meant: ["ab.*"] },
    { rule: "mcp__ab__x_*_y", meant: ["ab.x_*"] },
    { rule: "mcp__a__b__c", meant: ["a.b__c", "a__b.c"] },
    { rule: "mcp__a___b", meant: ["a._b", "a_.b"] },
    { rule: "mcp__a", meant: ["a.*"] },
    { rule: "mcp__a.b__c", meant: [] },
    { rule: "mcp__mcp__c", meant: [] },
    { rule: "mcp__*", meant: undefined },
    { rule: "mcp__a*__b", meant: undefined },
  ]
) {
  Deno.test(`serverTools() of ${rule} is ${allowed ?? "none"}, serverToolsMeant() ${meant ?? "all"}`, () => {
    const found = serverTools(rule);
    assertEquals(found.ok ? found.pattern : undefined, allowed);
    assertEquals(serverToolsMeant(rule), meant);
  });
}
