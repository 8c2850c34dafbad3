import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { toolRegistry } from "./registry.ts";
import { summarizeTool } from "./summarize.ts";
import type { Tool } from "./tool.ts";

function named(name: string): Tool {
  return { ...summarizeTool(), name, run: () => Promise.resolve(null) };
}

Deno.test("toolRegistry() finds a tool by its exact name", () => {
  const read = named("read");
  const tools = toolRegistry([named("search"), read]);
  assertStrictEquals(tools.get("read"), read);
  assertEquals([...tools.keys()], ["search", "read"]);
});

for (
  const name of ["READ", "read ", "", "__proto__", "constructor", "toString"]
) {
  Deno.test(`toolRegistry() finds nothing under ${JSON.stringify(name)}`, () => {
    assertEquals(toolRegistry([named("read")]).get(name), undefined);
  });
}

Deno.test("toolRegistry() holds a tool with the name of an inherited property", () => {
  const odd = named("toString");
  assertStrictEquals(toolRegistry([odd]).get("toString"), odd);
});

Deno.test("toolRegistry() refuses a second tool of the same name", () => {
  assertThrows(
    () => toolRegistry([named("read"), named("read")]),
    RangeError,
    'Cannot register the tool "read": the name is taken',
  );
});

for (const effect of ["fetches", "reads", "writes"] as const) {
  Deno.test(`toolRegistry() refuses a tool whose effect ${effect} names no argument`, () => {
    const tool = { ...summarizeTool(), effects: { [effect]: ["url"] } };
    assertThrows(
      () => toolRegistry([tool]),
      RangeError,
      'Cannot register the tool "summarize": its effect names "url", which is not an argument of it',
    );
  });
}

Deno.test("toolRegistry() takes no inherited name for an argument", () => {
  const tool = { ...summarizeTool(), effects: { reads: ["toString"] } };
  assertThrows(() => toolRegistry([tool]), RangeError, '"toString"');
});
