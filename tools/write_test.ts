import { assertEquals, assertRejects } from "@std/assert";
import type { Sandbox } from "./sandbox/sandbox.ts";
import { ToolError } from "./tool_error.ts";
import { writeTool } from "./write.ts";
import { IDLE_CONTEXT } from "../tests/tool_context.ts";

function sandboxInto(written: Map<string, string>): Sandbox {
  return {
    inspect: () => {
      throw new Error("writing must not judge");
    },
    readText: () => Promise.reject(new Error("write must not read")),
    writeText: ({ resolved }, text) => {
      if (resolved === "<sandbox>/full") {
        return Promise.reject(new ToolError("full", { type: "io_error" }));
      }
      written.set(resolved, text);
      return Promise.resolve(42);
    },
  };
}

const CONTEXT = {
  ...IDLE_CONTEXT,
  places: new Map([
    ["a/../a/b.txt", "<sandbox>/a/b.txt"],
    ["full", "<sandbox>/full"],
  ]),
};

Deno.test("writeTool() declares its name and that it writes a path", () => {
  const tool = writeTool(sandboxInto(new Map()));
  assertEquals(tool.name, "write");
  assertEquals(tool.effects, { writes: ["path"] });
});

Deno.test("writeTool() hands the content over and returns the sandbox's count", async () => {
  const written = new Map<string, string>();
  const result = await writeTool(sandboxInto(written)).run(
    { path: "a/../a/b.txt", content: "text" },
    CONTEXT,
  );
  assertEquals(result, { path: "a/../a/b.txt", bytes: 42 });
  assertEquals([...written], [["<sandbox>/a/b.txt", "text"]]);
});

Deno.test("writeTool() passes the sandbox's failure on", async () => {
  const error = await assertRejects(
    () =>
      writeTool(sandboxInto(new Map())).run(
        { path: "full", content: "" },
        CONTEXT,
      ),
    ToolError,
  );
  assertEquals(error.type, "io_error");
});

Deno.test("writeTool() writes nothing that was not judged, however near", async () => {
  const written = new Map<string, string>();
  for (const path of ["a/b.txt", "<sandbox>/a/b.txt", "full/", ""]) {
    await assertRejects(
      () => writeTool(sandboxInto(written)).run({ path, content: "" }, CONTEXT),
      RangeError,
      `Cannot open "${path}": the policy has not judged this path`,
    );
  }
  assertEquals(written.size, 0);
});

const ARGUMENTS = [
  { what: "a text", value: { path: "a", content: "b" }, want: true },
  { what: "an empty text", value: { path: "a", content: "" }, want: true },
  { what: "no content", value: { path: "a" }, want: false },
  { what: "an empty path", value: { path: "", content: "b" }, want: false },
  { what: "null as content", value: { path: "a", content: null }, want: false },
  {
    what: "an unknown key",
    value: { path: "a", content: "b", append: true },
    want: false,
  },
];

for (const { what, value, want } of ARGUMENTS) {
  Deno.test(`writeTool() ${want ? "accepts" : "refuses"} ${what}`, async () => {
    const { args } = writeTool(sandboxInto(new Map()));
    const { issues } = await args["~standard"].validate(value);
    assertEquals(issues === undefined, want);
  });
}
