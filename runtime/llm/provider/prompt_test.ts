import { assertEquals } from "@std/assert";
import { summarizeTool } from "../../../tools/summarize.ts";
import { offeredTools, promptOf } from "./prompt.ts";

Deno.test("promptOf() puts the results of one answer into one turn", () => {
  const result = (id: string) => ({
    role: "tool" as const,
    call_id: id,
    tool: "read",
    content: `"${id}"`,
  });
  const call = (id: string) => ({
    role: "assistant" as const,
    calls: [{ id, tool: "read", args_json: '{"n": 1.0}' }],
  });
  const called = (id: string) => ({
    role: "assistant",
    content: [{
      type: "tool-call",
      toolCallId: id,
      toolName: "read",
      input: '{"n": 1.0}',
    }],
  });
  const told = (id: string) => ({
    type: "tool-result",
    toolCallId: id,
    toolName: "read",
    output: { type: "text", value: `"${id}"` },
  });
  assertEquals(
    promptOf([
      { role: "user", content: "Why?" },
      call("a"),
      result("a"),
      result("b"),
      call("c"),
      result("c"),
    ]),
    [
      { role: "user", content: [{ type: "text", text: "Why?" }] },
      called("a"),
      { role: "tool", content: [told("a"), told("b")] },
      called("c"),
      { role: "tool", content: [told("c")] },
    ],
  );
});

Deno.test("offeredTools() describes the arguments as JSON Schema", () => {
  const [tool] = offeredTools([summarizeTool()]);
  assertEquals(tool?.type, "function");
  assertEquals(tool?.name, "summarize");
  assertEquals(tool?.inputSchema.type, "object");
  assertEquals(tool?.inputSchema.additionalProperties, false);
});
