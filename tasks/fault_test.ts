import { assertEquals, assertRejects } from "@std/assert";
import { summarizeTool } from "../tools/summarize.ts";
import type { Tool } from "../tools/tool.ts";
import { ToolError } from "../tools/tool_error.ts";
import { type Fault, withFault } from "./fault.ts";
import { IDLE_CONTEXT } from "../tests/tool_context.ts";

function call(tool: Tool) {
  return tool.run({ text: "One thing." }, IDLE_CONTEXT);
}

function broken(fault: Fault): Tool {
  return withFault(summarizeTool(), fault, { expire() {} });
}

Deno.test("withFault() leaves name, effects and arguments as they are", () => {
  const tool = summarizeTool();
  const { run: _, ...rest } = withFault(tool, { kind: "reported" }, {
    expire() {},
  });
  const { run: __, ...original } = tool;
  assertEquals(rest, original);
});

Deno.test("withFault() fails so many times in passing, then works", async () => {
  const tool = broken({ kind: "transient", times: 2 });
  for (const number of [1, 2]) {
    const error: ToolError = await assertRejects(() => call(tool), ToolError);
    assertEquals([error.transient, error.type, error.message], [
      true,
      "injected",
      `Injected failure number ${number}`,
    ]);
  }
  assertEquals(await call(tool), {
    summary: "One thing.",
    sentences: 1,
    of: 1,
  });
});

Deno.test("withFault() fails always when it is not said how often", async () => {
  const tool = broken({ kind: "transient" });
  for (let count = 0; count < 9; count++) {
    await assertRejects(() => call(tool), ToolError);
  }
});

Deno.test("withFault() fails in a way that the tool foresees", async () => {
  const error: ToolError = await assertRejects(
    () => call(broken({ kind: "reported" })),
    ToolError,
  );
  assertEquals(error.transient, false);
});

Deno.test("withFault() throws an error of the class that is asked for", async () => {
  const error: Error = await assertRejects(
    () => call(broken({ kind: "throw", exception_class: "DiskOnFire" })),
    Error,
  );
  assertEquals([error.name, error instanceof ToolError], ["DiskOnFire", false]);
});

Deno.test("withFault() returns as much as is asked for", async () => {
  const result = await call(broken({ kind: "oversize", characters: 5000 }));
  assertEquals(result, "x".repeat(5000));
});

Deno.test("withFault() hangs until the deadline of the attempt", async () => {
  let expired = 0;
  const tool = withFault(summarizeTool(), { kind: "hang" }, {
    expire: () => expired += 1,
  });
  const hanging = call(tool);
  const first = await Promise.race([hanging, Promise.resolve("nothing yet")]);
  assertEquals([first, expired], ["nothing yet", 1]);
});
