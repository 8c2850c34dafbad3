// A client of the SDK, version 1: `node client_v1.mjs JSON`, with the command of a
// server and calls, which are made at once. It prints what it got as JSON.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";

const { command, args, calls } = JSON.parse(process.argv[2]);
const client = new Client({ name: "sdk-v1", version: "1" });
await client.connect(
  new StdioClientTransport({
    command,
    args,
    stderr: "inherit",
    env: process.env,
  }),
);
const { tools } = await client.listTools();
const results = await Promise.all(
  calls.map(({ name, arguments: given }) =>
    client.callTool({ name, arguments: given })
  ),
);
await client.close();
console.log(JSON.stringify({ tools: tools.map(({ name }) => name), results }));
