import { assertEquals, assertRejects } from "@std/assert";
import { z } from "../../deps.ts";
import { standardSchema } from "../../tools/schema.ts";
import type { ToolDefinition } from "../../tools/tool.ts";
import { recordedTool, toolOnRecord } from "./recorded_tool.ts";

const TOOL: ToolDefinition = {
  name: "get",
  description: "Get one page",
  effects: {},
  args: standardSchema(z.strictObject({
    url: z.string().check(z.maxLength(9), z.describe("Where")),
  })),
};

const INPUT_SCHEMA = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  properties: {
    url: { description: "Where", type: "string", maxLength: 9 },
  },
  required: ["url"],
  additionalProperties: false,
};

Deno.test("recordedTool() of a tool that declares nothing says so", () => {
  assertEquals(recordedTool(TOOL), {
    name: "get",
    description: "Get one page",
    effects: { fetches: [], reads: [], writes: [] },
    idempotent: false,
    input_schema: INPUT_SCHEMA,
  });
});

Deno.test("recordedTool() has what a tool declares, and its keys in their order", () => {
  const recorded = recordedTool({
    ...TOOL,
    idempotent: true,
    effects: { writes: ["to"], reads: ["a", "b"], fetches: ["url"] },
  });
  assertEquals(Object.keys(recorded), [
    "name",
    "description",
    "effects",
    "idempotent",
    "input_schema",
  ]);
  assertEquals(
    JSON.stringify(recorded.effects),
    '{"fetches":["url"],"reads":["a","b"],"writes":["to"]}',
  );
  assertEquals(recorded.idempotent, true);
});

Deno.test("recordedTool() has nothing of a tool that runs", () => {
  const run = () => Promise.resolve(null);
  assertEquals(recordedTool(Object.assign({ run }, TOOL)), recordedTool(TOOL));
});

Deno.test("toolOnRecord() is on record what was on record", () => {
  const recorded = {
    ...recordedTool({ ...TOOL, idempotent: true, effects: { reads: ["url"] } }),
    input_schema: JSON.parse('{"properties":{"__proto__":{},"url":{}}}'),
  };
  const tool = toolOnRecord(recorded, (value) => ({ value }));
  assertEquals(
    JSON.stringify(recordedTool(tool)),
    JSON.stringify(recorded),
  );
});

Deno.test("toolOnRecord() validates as it is told, and does not run", async () => {
  const validate = () => ({ issues: [{ message: "no" }] });
  const tool = toolOnRecord(recordedTool(TOOL), validate);
  assertEquals(tool.args["~standard"].validate({}), {
    issues: [{ message: "no" }],
  });
  await assertRejects(
    () =>
      tool.run({}, {
        signal: new AbortController().signal,
        idempotencyKey: "",
        urls: new Map(),
        places: new Map(),
      }),
    RangeError,
    'Cannot run "get": it is only known from a record',
  );
});
