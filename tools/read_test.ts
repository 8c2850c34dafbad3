import { assertEquals, assertRejects } from "@std/assert";
import { readTool } from "./read.ts";
import type { Sandbox } from "./sandbox.ts";
import { ToolError } from "./tool_error.ts";
import { IDLE_CONTEXT } from "../tests/tool_context.ts";

function sandboxOf(texts: ReadonlyMap<string, string>): Sandbox {
  return {
    inspect: () => {
      throw new Error("reading is no time to judge");
    },
    readText: (path) => {
      const text = texts.get(path);
      return text === undefined
        ? Promise.reject(new ToolError("none", { type: "not_found" }))
        : Promise.resolve(text);
    },
    writeText: () => Promise.reject(new Error("read must not write")),
  };
}

const tool = readTool(sandboxOf(new Map([["a.txt", "naïve\n"]])));

Deno.test("readTool() declares its name and that it reads a path", () => {
  assertEquals(tool.name, "read");
  assertEquals(tool.effects, { reads: ["path"] });
});

Deno.test("readTool() returns the text and its length in bytes", async () => {
  assertEquals(await tool.run({ path: "a.txt" }, IDLE_CONTEXT), {
    path: "a.txt",
    bytes: 7,
    text: "naïve\n",
  });
});

Deno.test("readTool() passes the sandbox's failure on", async () => {
  const error = await assertRejects(
    () => tool.run({ path: "b.txt" }, IDLE_CONTEXT),
    ToolError,
  );
  assertEquals(error.type, "not_found");
});

const ARGUMENTS = [
  { what: "a path", value: { path: "a" }, want: true },
  { what: "no path", value: {}, want: false },
  { what: "an empty path", value: { path: "" }, want: false },
  { what: "a number as path", value: { path: 1 }, want: false },
  { what: "an unknown key", value: { path: "a", mode: "r" }, want: false },
];

for (const { what, value, want } of ARGUMENTS) {
  Deno.test(`readTool() ${want ? "accepts" : "refuses"} ${what}`, async () => {
    const { issues } = await tool.args["~standard"].validate(value);
    assertEquals(issues === undefined, want);
  });
}
