import { assertEquals, assertThrows } from "@std/assert";
import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import { InputError } from "./data/input_error.ts";
import { exportedTools, withOwnTools } from "./exported_tools.ts";
import type { ToolContext } from "./tool.ts";

const context: ToolContext = {
  signal: new AbortController().signal,
  idempotencyKey: "0".repeat(64),
  urls: new Map(),
  places: new Map(),
};

const world = {
  sandbox: {
    inspect: () => {
      throw new RangeError("There are no files");
    },
    readText: () => Promise.resolve("text"),
    writeText: () => Promise.resolve(0),
  },
};

function toolsOf(module: object) {
  return exportedTools(module, { source: "tools.ts", world });
}

const ZOD = z.strictObject({ id: z.string() });
const greet = {
  description: "Greet",
  args: ZOD,
  effects: {},
  run: ({ id }: { readonly id: string }) => `hello ${id}`,
};

for (
  const { library, args } of [
    { library: "zod", args: ZOD },
    {
      library: "valibot",
      args: toStandardJsonSchema(v.strictObject({ id: v.string() })),
    },
    { library: "arktype", args: type({ "+": "reject", id: "string" }) },
  ]
) {
  Deno.test(`exportedTools() takes a schema of ${library}`, async () => {
    const [tool] = toolsOf({ greet: { ...greet, args } });
    assertEquals(tool?.name, "greet");
    const schema = tool?.args["~standard"];
    assertEquals(schema?.vendor, library);
    const described = schema?.jsonSchema.input({ target: "draft-2020-12" });
    assertEquals(described?.type, "object");
    assertEquals(described?.properties, { id: { type: "string" } });
    assertEquals(described?.required, ["id"]);
    assertEquals(described?.additionalProperties, false);
    const good = await schema?.validate({ id: "a" });
    assertEquals(good?.issues, undefined);
    for (const bad of [{ id: 1 }, {}, { id: "a", more: 1 }]) {
      const issues = (await schema?.validate(bad))?.issues ?? [];
      assertEquals(issues.length > 0, true, JSON.stringify(bad));
    }
    assertEquals(await tool?.run({ id: "a" }, context), "hello a");
  });
}

Deno.test("exportedTools() takes names from the tools, else from the exports", () => {
  const named = { ...greet, name: "mail.send" };
  const module = {
    b: greet,
    a: named,
    helper: () => 1,
    LIMIT: 3,
    table: { description: "no tool" },
    default: [{ ...greet, name: "c" }],
  };
  assertEquals(toolsOf(module).map(({ name }) => name), [
    "b",
    "mail.send",
    "c",
  ]);
});

Deno.test("exportedTools() gives the sandbox to a default export that asks for it", async () => {
  const [tool] = toolsOf({
    default: ({ sandbox }: typeof world) => [{
      ...greet,
      name: "look",
      run: () => sandbox.readText(),
    }],
  });
  assertEquals(await tool?.run({ id: "a" }, context), "text");
});

Deno.test("exportedTools() keeps what a tool says of itself, and marks one that says nothing", () => {
  const said = {
    effects: { reads: ["id"] },
    labels: ["untrusted"],
    idempotent: true,
  };
  const { effects: _, ...silent } = greet;
  const [first, second] = toolsOf({
    first: { ...greet, ...said },
    second: silent,
  });
  assertEquals([first?.effects, first?.labels, first?.idempotent], [
    { reads: ["id"] },
    ["untrusted"],
    true,
  ]);
  assertEquals([first?.isUndescribed, second?.isUndescribed], [
    undefined,
    true,
  ]);
});

Deno.test("exportedTools() runs a tool as a method of its object", async () => {
  const module = {
    tool: {
      ...greet,
      name: "own",
      run() {
        return this.name;
      },
    },
  };
  assertEquals(await toolsOf(module)[0]?.run({}, context), "own");
});

for (
  const { module, message } of [
    {
      module: { helper: () => 1 },
      message:
        "tools.ts: it exports no tool: expected an object with description, args and run",
    },
    {
      module: { greet: { ...greet, lables: ["sink"] } },
      message:
        'tools.ts: export "greet": unknown key "lables"; did you mean "labels"?',
    },
    {
      module: { greet: { ...greet, effects: { read: ["id"] } } },
      message:
        'tools.ts: export "greet": unknown key "effects.read"; did you mean "reads"?',
    },
    {
      module: { greet: { description: "Greet", args: ZOD, effects: {} } },
      message: 'tools.ts: export "greet": run: expected a function',
    },
    {
      module: { greet: { ...greet, args: { type: "object" } } },
      message:
        'tools.ts: export "greet": args: expected a Standard Schema (https://standardschema.dev)',
    },
    {
      module: { greet: { ...greet, args: v.object({ id: v.string() }) } },
      message:
        'tools.ts: export "greet": args: it has no JSON Schema for the model (Standard JSON Schema); wrap it in toStandardJsonSchema of @valibot/to-json-schema',
    },
    {
      module: { greet: { ...greet, args: z.string() } },
      message:
        'tools.ts: export "greet": args: it must describe an object: the arguments by name',
    },
    {
      module: { greet: { ...greet, args: z.strictObject({ at: z.date() }) } },
      message:
        'tools.ts: export "greet": args: its JSON Schema cannot be made: Date cannot be represented in JSON Schema',
    },
    {
      module: { greet, again: { ...greet, name: "greet" } },
      message: 'tools.ts: export "again": another tool is called "greet"',
    },
    {
      module: { default: greet },
      message: "tools.ts: default export: name: missing",
    },
    {
      module: { default: [1] },
      message:
        "tools.ts: default export[0]: Invalid input: expected object, received number",
    },
    {
      module: { default: () => Promise.resolve([]) },
      message:
        "tools.ts: default export: it returned no list of tools; a promise is none",
    },
  ]
) {
  Deno.test(`exportedTools() says: ${message}`, () => {
    assertEquals(
      assertThrows(() => toolsOf(module), InputError).message,
      message,
    );
  });
}

Deno.test("withOwnTools() puts a tool of one's own in the place of ours of that name", () => {
  const ours = ["search", "read"].map((name) => ({ name, whose: "ours" }));
  const own = ["mail", "search"].map((name) => ({ name, whose: "own" }));
  assertEquals(withOwnTools(ours, own), [
    { name: "search", whose: "own" },
    { name: "read", whose: "ours" },
    { name: "mail", whose: "own" },
  ]);
});
