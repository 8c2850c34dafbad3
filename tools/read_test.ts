import { assertEquals, assertRejects } from "@std/assert";
import { readTool } from "./read.ts";
import type { Sandbox } from "./sandbox/sandbox.ts";
import { ToolError } from "./tool_error.ts";
import { IDLE_CONTEXT } from "../tests/tool_context.ts";

function sandboxOf(texts: ReadonlyMap<string, string>): Sandbox {
  return {
    inspect: () => {
      throw new Error("reading must not judge");
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

const paged = readTool({
  ...sandboxOf(new Map()),
  readPage: (_, { offset, maxBytes }) => {
    const text = "abcdefghij".slice(offset, offset + maxBytes);
    return Promise.resolve({ text, offset, bytes: text.length, total: 10 });
  },
});

const PAGES = [
  { args: {}, want: { bytes: 10, text: "abcdefghij" } },
  {
    args: { max_bytes: 4 },
    want: {
      bytes: 4,
      text: "abcd",
      offset: 0,
      total_bytes: 10,
      next_offset: 4,
    },
  },
  {
    args: { offset: 8 },
    want: { bytes: 2, text: "ij", offset: 8, total_bytes: 10 },
  },
  {
    args: { offset: 99 },
    want: { bytes: 0, text: "", offset: 99, total_bytes: 10 },
  },
];

for (const { args, want } of PAGES) {
  Deno.test(`readTool() returns the page of ${JSON.stringify(args)}`, async () => {
    assertEquals(
      await paged.run({ path: "./a.txt", ...args }, CONTEXT),
      { path: "./a.txt", ...want },
    );
  });
}

const ARGUMENTS = [
  { what: "a path", value: { path: "a" }, want: true },
  { what: "no path", value: {}, want: false },
  { what: "an empty path", value: { path: "" }, want: false },
  { what: "a number as path", value: { path: 1 }, want: false },
  {
    what: "a page",
    value: { path: "a", offset: 0, max_bytes: 2 ** 20 },
    want: true,
  },
  {
    what: "a place before the file",
    value: { path: "a", offset: -1 },
    want: false,
  },
  { what: "half a byte", value: { path: "a", offset: 0.5 }, want: false },
  { what: "too small a page", value: { path: "a", max_bytes: 3 }, want: false },
  {
    what: "too large a page",
    value: { path: "a", max_bytes: 2 ** 20 + 1 },
    want: false,
  },
  { what: "an unknown key", value: { path: "a", mode: "r" }, want: false },
];

for (const { what, value, want } of ARGUMENTS) {
  Deno.test(`readTool() ${want ? "accepts" : "refuses"} ${what}`, async () => {
    const { issues } = await tool.args["~standard"].validate(value);
    assertEquals(issues === undefined, want);
  });
}
