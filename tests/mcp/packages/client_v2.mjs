// A client of the SDK, version 2: `node client_v2.mjs JSON`, with the command of a
// server, a mode of version negotiation and calls. It prints what it got as JSON.
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

const { command, args, mode, calls } = JSON.parse(process.argv[2]);
const client = new Client({ name: "sdk-v2", version: "2" }, {
  capabilities: { elicitation: { form: {} } },
  versionNegotiation: { mode },
});
client.setRequestHandler("elicitation/create", ({ params }) => {
  const digits = /type (\d{6})/.exec(params.message)?.[1];
  const content = digits === undefined ? { name: "Ada" } : { digits };
  return { action: "accept", content };
});
await client.connect(
  new StdioClientTransport({
    command,
    args,
    stderr: "inherit",
    env: process.env,
  }),
);
const { tools } = await client.listTools();
const results = [];
for (const { name, arguments: given } of calls) {
  try {
    results.push(await client.callTool({ name, arguments: given }));
  } catch (error) {
    results.push({ thrown: error.message });
  }
}
const version = client.getNegotiatedProtocolVersion?.();
await client.close();
console.log(
  JSON.stringify({ version, tools: tools.map(({ name }) => name), results }),
);
