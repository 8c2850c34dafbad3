import { assertEquals } from "@std/assert";
import { recordedTool } from "../../runtime/record/recorded_tool.ts";
import { standardTools } from "../../tools/standard_tools.ts";
import { OWN_TOOLS, ownTool } from "./own_tools.ts";

Deno.test("OWN_TOOLS are the tools of this program", () => {
  const tools = standardTools({
    documents: [],
    fetch: () => Promise.reject(new Error("not here")),
    sandbox: {
      inspect() {
        throw new Error("not here");
      },
      readText: () => Promise.reject(new Error("not here")),
      writeText: () => Promise.reject(new Error("not here")),
    },
  });
  assertEquals(
    tools.map(recordedTool).map(({ input_schema: _schema, ...rest }) => rest),
    [...OWN_TOOLS],
  );
});

Deno.test("ownTool() knows a tool by name and description", () => {
  const [search] = OWN_TOOLS;
  assertEquals(
    ownTool({
      name: "search",
      description: "Find the documents that best match a query",
    }),
    search,
  );
  assertEquals(ownTool({ name: "search", description: "Mine" }), undefined);
});
