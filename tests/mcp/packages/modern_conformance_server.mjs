// A server of the revision 2026-07-28 over standard input and output, with the tools,
// resources and prompts that the suite of `@modelcontextprotocol/conformance` asks for.
import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  createRequestStateCodec,
  inputRequired,
  ProtocolError,
  ResourceNotFoundError,
  Server,
} from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import {
  PLAIN_TOOLS,
  PROMPTS,
  resource,
  RESOURCES,
  TEMPLATE,
  text,
  user,
} from "./conformance_contents.mjs";

// What a client gives back to go on is sealed, so that it cannot be changed.
const states = createRequestStateCodec({
  key: crypto.getRandomValues(new Uint8Array(32)),
});

const form = (key, type, message = "Please answer") =>
  inputRequired.elicit({
    message,
    requestedSchema: {
      type: "object",
      properties: { [key]: { type } },
      required: [key],
    },
  });
const question = (said) =>
  inputRequired.createMessage({
    messages: [user(text(said))],
    maxTokens: 100,
  });

/** What a client's user filled in. */
const filled = ({ inputResponses }, key) => acceptedContent(inputResponses, key);

const TOOLS = {
  ...PLAIN_TOOLS,
  async test_tool_with_progress(_args, { _meta, notify }) {
    const { progressToken } = _meta ?? {};
    for (const progress of progressToken === undefined ? [] : [0, 50, 100]) {
      await notify({
        method: "notifications/progress",
        params: { progressToken, progress, total: 100 },
      });
    }
    return [text(String(progressToken))];
  },
  async test_logging_tool(_args, { log }) {
    await log("info", "test_logging_tool ran");
    return [text("Logged.")];
  },
  test_streaming_elicitation: () => [text("No request of its own.")],
  test_missing_capability: (_args, { inputResponses }) =>
    inputResponses?.answer === undefined
      ? inputRequired({ inputRequests: { answer: question("Say pong") } })
      : [text("Answered.")],
  async test_trigger_tool_change(_args, _request, server) {
    await server.sendToolListChanged();
    return [text("Said.")];
  },
  async test_trigger_prompt_change(_args, _request, server) {
    await server.sendPromptListChanged();
    return [text("Said.")];
  },
  test_input_required_result_elicitation(_args, request) {
    const { name } = filled(request, "user_name") ?? {};
    return typeof name === "string" ? [text(`Hello, ${name}!`)] : inputRequired({
      inputRequests: { user_name: form("name", "string", "What is your name?") },
    });
  },
  test_input_required_result_sampling(_args, { inputResponses }) {
    const answer = inputResponses?.capital_question;
    return answer === undefined
      ? inputRequired({
        inputRequests: {
          capital_question: question("What is the capital of France?"),
        },
      })
      : [text(JSON.stringify(answer.content))];
  },
  test_input_required_result_list_roots(_args, { inputResponses }) {
    const { roots } = inputResponses?.client_roots ?? {};
    return Array.isArray(roots) ? [text(JSON.stringify(roots))] : inputRequired({
      inputRequests: { client_roots: inputRequired.listRoots() },
    });
  },
  async test_input_required_result_request_state(_args, request) {
    if (filled(request, "confirm") === undefined) return await confirmation();
    if (request.requestState() !== undefined) return [text("state-ok")];
    throw new ProtocolError(-32602, "The state is missing");
  },
  async test_input_required_result_tampered_state(_args, request) {
    const isConfirmed = request.requestState() !== undefined &&
      filled(request, "confirm") !== undefined;
    return isConfirmed ? [text("state-ok")] : await confirmation();
  },
  async test_input_required_result_multiple_inputs(_args, request) {
    const { greeting, client_roots } = request.inputResponses ?? {};
    const name = filled(request, "user_name")?.name;
    if (name !== undefined && greeting && client_roots) {
      return [text(`${greeting.content.text} ${name}`)];
    }
    return inputRequired({
      inputRequests: {
        user_name: form("name", "string"),
        greeting: question("Greet them"),
        client_roots: inputRequired.listRoots(),
      },
      requestState: await states.mint({ of: "multiple_inputs" }),
    });
  },
  async test_input_required_result_multi_round(_args, request) {
    const { round = 0, name } = request.requestState() ?? {};
    const ask = async (key, field, more) =>
      inputRequired({
        inputRequests: { [key]: form(field, "string") },
        requestState: await states.mint({ round: round + 1, ...more }),
      });
    if (round === 0) return await ask("step1", "name");
    if (round === 1) {
      return await ask("step2", "color", filled(request, "step1"));
    }
    return [text(`${name} likes ${filled(request, "step2")?.color}`)];
  },
  test_input_required_result_capabilities(_args, { envelope, inputResponses }) {
    if (inputResponses !== undefined) return [text("Answered.")];
    const { elicitation, sampling } = envelope[CLIENT_CAPABILITIES_META_KEY];
    return inputRequired({
      inputRequests: {
        ...elicitation && { user_name: form("name", "string") },
        ...sampling && { greeting: question("Greet them") },
      },
    });
  },
};

const confirmation = async () =>
  inputRequired({
    inputRequests: { confirm: form("ok", "boolean") },
    requestState: await states.mint({ of: "confirmation" }),
  });

/** What is asked for by name, or the error that the protocol has for it. */
function known(table, name) {
  if (Object.hasOwn(table, name)) return table[name];
  throw new ProtocolError(-32602, `There is no ${name}`);
}

async function called(tool, args, request, server) {
  const run = typeof tool === "function" ? tool : tool.run;
  try {
    const result = await run(args, request, server);
    return Array.isArray(result) ? { content: result } : result;
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    return { isError: true, content: [text(error.message)] };
  }
}

const PROMPT_THAT_ASKS = {
  test_input_required_result_prompt: {
    messages(_args, request) {
      const { context } = filled(request, "user_context") ?? {};
      return context === undefined ? undefined : [user(text(context))];
    },
  },
};
const ALL_PROMPTS = { ...PROMPTS, ...PROMPT_THAT_ASKS };

serveStdio(() => {
  const server = new Server({ name: "conformance", version: "1" }, {
    capabilities: {
      tools: { listChanged: true },
      resources: {},
      prompts: { listChanged: true },
      logging: {},
      completions: {},
    },
    requestState: { verify: states.verify },
  });
  const on = (method, answer) => server.setRequestHandler(method, answer);
  on("tools/list", () => ({
    tools: Object.entries(TOOLS).map(([name, { schema }]) => ({
      name,
      description: `The suite's ${name}`,
      inputSchema: schema ?? { type: "object" },
    })),
  }));
  on(
    "tools/call",
    ({ params: { name, arguments: args = {} } }, { mcpReq }) =>
      called(known(TOOLS, name), args, mcpReq, server),
  );
  on("resources/list", () => ({
    resources: Object.entries(RESOURCES).map(([uri, { mimeType }]) => ({
      uri,
      name: uri,
      mimeType,
    })),
  }));
  on("resources/templates/list", () => ({
    resourceTemplates: [{ uriTemplate: TEMPLATE, name: "template" }],
  }));
  on("resources/read", ({ params: { uri } }) => {
    const found = resource(uri);
    if (found === undefined) throw new ResourceNotFoundError(uri);
    return { contents: [found] };
  });
  on("prompts/list", () => ({
    prompts: Object.entries(ALL_PROMPTS).map(([name, { names = [] }]) => ({
      name,
      description: `The suite's ${name}`,
      arguments: names.map((each) => ({ name: each, required: true })),
    })),
  }));
  on("prompts/get", ({ params: { name, arguments: args = {} } }, { mcpReq }) => {
    const messages = known(ALL_PROMPTS, name).messages(args, mcpReq);
    return messages === undefined
      ? inputRequired({
        inputRequests: { user_context: form("context", "string") },
      })
      : { messages };
  });
  on(
    "completion/complete",
    () => ({ completion: { values: ["one"], total: 1, hasMore: false } }),
  );
  return server;
});
