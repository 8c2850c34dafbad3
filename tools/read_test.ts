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
    readText: ({ resolved }) => {
      const text = texts.get(resolved);
      return text === undefined
        ? Promise.reject(new ToolError("none", { type: "not_found" }))
        : Promise.resolve(text);
    },
    writeText: () => Promise.reject(new Error("read must not write")),
  };
}

const CONTEXT = {
  ...IDLE_CONTEXT,
  places: new Map([
    ["./a.txt", "<sandbox>/a.txt"],
    ["b.txt", "<sandbox>/b.txt"],
  ]),
};

const tool = readTool(sandboxOf(new Map([["<sandbox>/a.txt", "naïve\n"]])));

Deno.test("readTool() declares its name and that it reads a path", () => {
  assertEquals(tool.name, "read");
  assertEquals(tool.effects, { reads: ["path"] });
});

Deno.test("readTool() returns the text and its length in bytes", async () => {
  assertEquals(await tool.run({ path: "./a.txt" }, CONTEXT), {
    path: "./a.txt",
    bytes: 7,
    text: "naïve\n",
  });
});

Deno.test("readTool() passes the sandbox's failure on", async () => {
  const error = await assertRejects(
    () => tool.run({ path: "b.txt" }, CONTEXT),
    ToolError,
  );
  assertEquals(error.type, "not_found");
});

Deno.test("readTool() reads nothing that was not judged, however near", async () => {
  for (const path of ["a.txt", "<sandbox>/a.txt", "./a.txt/", ""]) {
    await assertRejects(
      () => tool.run({ path }, CONTEXT),
      RangeError,
      `Cannot open "${path}": the policy has not judged this path`,
    );
  }
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
