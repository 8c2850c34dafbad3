// A server of the SDK, version 2, which serves both eras over standard input and
// output. `ask` asks its client for a name before it answers.
import { appendFileSync } from "node:fs";
import {
  fromJsonSchema,
  inputRequired,
  McpServer,
} from "@modelcontextprotocol/server";
import { acceptedContent } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";

const text = (said) => ({ content: [{ type: "text", text: said }] });
const object = (properties) => fromJsonSchema({ type: "object", properties });

serveStdio(() => {
  const server = new McpServer({ name: "modern", version: "1" });
  server.registerTool("echo", {
    description: "Say it again",
    inputSchema: object({ text: { type: "string" } }),
  }, ({ text: said }) => {
    appendFileSync("log", `echo ${said}\n`);
    return text(said);
  });
  server.registerTool("ask", {
    description: "Ask for a name",
    inputSchema: object({ greeting: { type: "string" } }),
  }, ({ greeting }, { mcpReq }) => {
    appendFileSync("log", `ask ${greeting}\n`);
    const given = acceptedContent(mcpReq.inputResponses, "who");
    if (given !== undefined) return text(`${greeting} ${given.name}`);
    return inputRequired({
      inputRequests: {
        who: inputRequired.elicit({
          message: "Who are you?",
          requestedSchema: {
            type: "object",
            properties: { name: { type: "string" } },
            required: ["name"],
          },
        }),
      },
      requestState: "the server's own",
    });
  });
  return server;
});
