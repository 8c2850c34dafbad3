// A server of Streamable HTTP with the tools, resources and prompts that the suite of
// `@modelcontextprotocol/conformance` asks for. Prints its address, then a line for each
// message that reaches it: the method, and the tool that is called.
import { randomUUID } from "node:crypto";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { createMcpExpressApp } from "@modelcontextprotocol/sdk/server/express.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import {
  CallToolRequestSchema,
  CompleteRequestSchema,
  CreateMessageResultSchema,
  ElicitResultSchema,
  GetPromptRequestSchema,
  isInitializeRequest,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  McpError,
  ReadResourceRequestSchema,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";
import {
  PLAIN_TOOLS,
  PROMPTS,
  resource,
  RESOURCES,
  TEMPLATE,
  text,
} from "./conformance_contents.mjs";

/** A tool that asks the client's user to fill in a form. */
const asks = (properties, required = []) => async (args, { sendRequest }) => {
  const { action, content } = await sendRequest({
    method: "elicitation/create",
    params: {
      message: args.message ?? "Please fill this in",
      requestedSchema: { type: "object", properties, required },
    },
  }, ElicitResultSchema);
  return [text(`action=${action}, content=${JSON.stringify(content ?? {})}`)];
};

const titled = (...titles) =>
  titles.map((title, index) => ({ const: `value${index + 1}`, title }));
const string = { type: "string" };

const TOOLS = {
  ...PLAIN_TOOLS,
  test_tool_with_logging: {
    async run(_args, { sendNotification }) {
      for (const data of ["started", "processing data", "completed"]) {
        await sendNotification({
          method: "notifications/message",
          params: { level: "info", data: `Tool execution ${data}` },
        });
      }
      return [text("Logged.")];
    },
  },
  test_tool_with_progress: {
    async run(_args, { sendNotification, _meta }) {
      const progressToken = _meta?.progressToken ?? 0;
      for (const progress of [0, 50, 100]) {
        await sendNotification({
          method: "notifications/progress",
          params: { progressToken, progress, total: 100 },
        });
      }
      return [text(String(progressToken))];
    },
  },
  test_sampling: {
    properties: { prompt: string },
    async run({ prompt }, { sendRequest }) {
      const { content } = await sendRequest({
        method: "sampling/createMessage",
        params: {
          messages: [{ role: "user", content: text(prompt) }],
          maxTokens: 100,
        },
      }, CreateMessageResultSchema);
      return [text(`LLM response: ${content.text}`)];
    },
  },
  test_elicitation: {
    properties: { message: string },
    run: asks({ response: string }, ["response"]),
  },
  test_elicitation_sep1034_defaults: {
    run: asks({
      name: { ...string, default: "John Doe" },
      age: { type: "integer", default: 30 },
      score: { type: "number", default: 95.5 },
      status: {
        ...string,
        enum: ["active", "inactive", "pending"],
        default: "active",
      },
      verified: { type: "boolean", default: true },
    }),
  },
  test_elicitation_sep1330_enums: {
    run: asks({
      untitledSingle: { ...string, enum: ["option1", "option2", "option3"] },
      titledSingle: { ...string, oneOf: titled("First", "Second", "Third") },
      legacyEnum: {
        ...string,
        enum: ["opt1", "opt2", "opt3"],
        enumNames: ["One", "Two", "Three"],
      },
      untitledMulti: {
        type: "array",
        items: { ...string, enum: ["option1", "option2", "option3"] },
      },
      titledMulti: {
        type: "array",
        items: { anyOf: titled("First", "Second", "Third") },
      },
    }),
  },
};

/** What is asked for by name, or the error that the protocol has for it. */
function known(table, name) {
  if (Object.hasOwn(table, name)) return table[name];
  throw new McpError(-32602, `There is no ${name}`);
}

async function called({ params: { name, arguments: args = {} } }, extra) {
  const { run } = known(TOOLS, name);
  try {
    return { content: await run(args, extra) };
  } catch ({ message }) {
    return { isError: true, content: [text(message)] };
  }
}

function session() {
  const server = new Server({ name: "conformance", version: "1" }, {
    capabilities: {
      tools: {},
      resources: { subscribe: true },
      prompts: {},
      logging: {},
      completions: {},
    },
  });
  const on = (schema, answer) => server.setRequestHandler(schema, answer);
  on(ListToolsRequestSchema, () => ({
    tools: Object.entries(TOOLS).map(([name, { properties = {}, schema }]) => ({
      name,
      description: `The suite's ${name}`,
      inputSchema: schema ??
        { type: "object", properties, required: Object.keys(properties) },
    })),
  }));
  on(CallToolRequestSchema, called);
  on(ListResourcesRequestSchema, () => ({
    resources: Object.entries(RESOURCES).map(([uri, { mimeType }]) => ({
      uri,
      name: uri,
      description: `The suite's ${uri}`,
      mimeType,
    })),
  }));
  on(ListResourceTemplatesRequestSchema, () => ({
    resourceTemplates: [
      { uriTemplate: TEMPLATE, name: "template" },
    ],
  }));
  on(
    ReadResourceRequestSchema,
    ({ params: { uri } }) => ({
      contents: [resource(uri) ?? known(RESOURCES, uri)],
    }),
  );
  on(SubscribeRequestSchema, () => ({}));
  on(UnsubscribeRequestSchema, () => ({}));
  on(ListPromptsRequestSchema, () => ({
    prompts: Object.entries(PROMPTS).map(([name, { names = [] }]) => ({
      name,
      description: `The suite's ${name}`,
      arguments: names.map((each) => ({ name: each, required: true })),
    })),
  }));
  on(GetPromptRequestSchema, ({ params: { name, arguments: args = {} } }) => ({
    messages: known(PROMPTS, name).messages(args),
  }));
  on(
    CompleteRequestSchema,
    () => ({ completion: { values: ["one"], total: 1, hasMore: false } }),
  );
  return server;
}

const sessions = new Map();
// It refuses a Host that is not this machine.
const app = createMcpExpressApp();
app.all("/mcp", async (request, response) => {
  const { method, params } = request.body ?? {};
  if (method !== undefined) console.log([method, params?.name].join(" ").trim());
  let transport = sessions.get(request.headers["mcp-session-id"]);
  if (transport === undefined) {
    if (!isInitializeRequest(request.body)) {
      return response.status(400).send("Expected a session");
    }
    transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => sessions.set(id, transport),
    });
    await session().connect(transport);
  }
  await transport.handleRequest(request, response, request.body);
});
const listener = app.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${listener.address().port}/mcp`);
});
