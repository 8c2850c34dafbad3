import { assertEquals, assertRejects } from "@std/assert";
import { summarizeTool } from "../../../tools/summarize.ts";
import type { LlmInput, LlmOutput } from "../llm.ts";
import { ModelError } from "../../attempt/model_error.ts";
import { anthropicModel } from "./anthropic.ts";
import { languageModelLlm } from "./language_model.ts";
import { wholeResponses } from "./model_fetch.ts";

const KEY = "sk-ant-secret-1";
const USAGE = { input_tokens: 30, output_tokens: 8 };
const INPUT: LlmInput = {
  step: 1,
  messages: [{ role: "user", content: "Why?" }],
  tools: [summarizeTool()],
};

interface Sent {
  readonly url: string;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Asks the model once; its server answers with `response`. */
async function ask(
  response: Response,
  input = INPUT,
): Promise<{ readonly output: LlmOutput; readonly sent: readonly Sent[] }> {
  const sent: Sent[] = [];
  const llm = languageModelLlm(
    anthropicModel({
      model: "claude-sonnet-4-5",
      baseUrl: "https://api.anthropic.com/v1",
      key: KEY,
      fetch: wholeResponses((url, { headers, body }) => {
        sent.push({
          url,
          headers: new Headers(headers),
          body: JSON.parse(String(body)),
        });
        return Promise.resolve(response);
      }),
    }),
    { name: "anthropic:claude-sonnet-4-5", key: KEY },
  );
  return { output: await llm(input, new AbortController().signal), sent };
}

/** An answer in the form of the Messages interface. */
function message(content: readonly unknown[], stop_reason: string): Response {
  return Response.json({
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-4-5",
    content,
    stop_reason,
    stop_sequence: null,
    usage: {
      ...USAGE,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
    },
  });
}

const TEXT = { type: "text", text: "Because." };
const TOOL_USE = {
  type: "tool_use",
  id: "toolu_1",
  name: "summarize",
  input: { text: "One." },
};
const PROPOSED = {
  id: "toolu_1",
  tool: "summarize",
  args_json: '{"text":"One."}',
};

const OUTPUTS: readonly {
  readonly id: string;
  readonly content: readonly unknown[];
  readonly stop: string;
  readonly want: LlmOutput;
}[] = [
  {
    id: "an answer",
    content: [TEXT],
    stop: "end_turn",
    want: { answer: "Because.", usage: USAGE, finish_reason: "end_turn" },
  },
  {
    id: "calls with text beside them",
    content: [TEXT, TOOL_USE, { ...TOOL_USE, id: "toolu_2", input: {} }],
    stop: "tool_use",
    want: {
      calls: [PROPOSED, {
        id: "toolu_2",
        tool: "summarize",
        args_json: "{}",
      }],
      usage: USAGE,
      finish_reason: "tool_use",
      raw: "Because.",
      turn: [
        { type: "text", text: "Because." },
        { type: "call", call: 0 },
        { type: "call", call: 1 },
      ],
    },
  },
  {
    id: "a refusal as no answer",
    content: [TEXT],
    stop: "refusal",
    want: {
      no_answer: "refusal",
      usage: USAGE,
      finish_reason: "content-filter: refusal",
      raw: '[{"type":"text","text":"Because."}]',
    },
  },
  {
    id: "a cut call as no call",
    content: [TOOL_USE],
    stop: "max_tokens",
    want: {
      no_answer: "length",
      usage: USAGE,
      finish_reason: "length: max_tokens",
      raw:
        '[{"type":"tool-call","toolCallId":"toolu_1","toolName":"summarize","input":"{\\"text\\":\\"One.\\"}"}]',
    },
  },
  {
    id: "a pause as no answer",
    content: [TEXT],
    stop: "pause_turn",
    want: {
      no_answer: "unfinished",
      usage: USAGE,
      finish_reason: "stop: pause_turn",
      raw: '[{"type":"text","text":"Because."}]',
    },
  },
];

for (const { id, content, stop, want } of OUTPUTS) {
  Deno.test(`anthropicModel() passes on ${id}`, async () => {
    assertEquals((await ask(message(content, stop))).output, want);
  });
}

Deno.test("anthropicModel() counts what was read from and written to the cache", async () => {
  const response = Response.json({
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-4-5",
    content: [TEXT],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: {
      ...USAGE,
      cache_creation_input_tokens: 100,
      cache_read_input_tokens: 1000,
    },
  });
  assertEquals((await ask(response)).output.usage, {
    input_tokens: 1130,
    cached_input_tokens: 1000,
    cache_write_tokens: 100,
    output_tokens: 8,
  });
});

Deno.test("anthropicModel() sends the conversation, the tools and the key", async () => {
  const { sent: [request] } = await ask(message([TEXT], "end_turn"), {
    ...INPUT,
    messages: [
      { role: "user", content: "Why?" },
      {
        role: "assistant",
        calls: [PROPOSED, { id: "toolu_2", tool: "summarize", args_json: "{" }],
      },
      {
        role: "tool",
        call_id: "toolu_1",
        tool: "summarize",
        content: '{"ok":1}',
      },
      {
        role: "tool",
        call_id: "toolu_2",
        tool: "summarize",
        content: '"denied"',
      },
    ],
  });
  assertEquals(request?.url, "https://api.anthropic.com/v1/messages");
  assertEquals(request?.headers.get("x-api-key"), KEY);
  assertEquals(request?.headers.get("anthropic-version"), "2023-06-01");
  const { description, args } = summarizeTool();
  assertEquals(request?.body, {
    model: "claude-sonnet-4-5",
    max_tokens: 64_000,
    messages: [
      { role: "user", content: [{ type: "text", text: "Why?" }] },
      {
        role: "assistant",
        content: [
          TOOL_USE,
          {
            type: "tool_use",
            id: "toolu_2",
            name: "summarize",
            input: { rawInvalidInput: "{" },
          },
        ],
      },
      {
        role: "user",
        content: [
          {
            type: "tool_result",
            tool_use_id: "toolu_1",
            content: '{"ok":1}',
          },
          {
            type: "tool_result",
            tool_use_id: "toolu_2",
            content: '"denied"',
          },
        ],
      },
    ],
    tools: [{
      name: "summarize",
      description,
      input_schema: args["~standard"].jsonSchema.input({
        target: "draft-2020-12",
      }),
    }],
  });
});

const ERRORS = [
  { status: 401, kind: "authentication_error", type: "unauthorized" },
  { status: 429, kind: "rate_limit_error", type: "429", transient: true },
  { status: 529, kind: "overloaded_error", type: "529", transient: true },
  { status: 400, kind: "invalid_request_error", type: "400" },
];

for (const { status, kind, type, transient = false } of ERRORS) {
  Deno.test(`anthropicModel() throws for ${kind}`, async () => {
    const error = { type: kind, message: `Not with ${KEY}` };
    const thrown = await assertRejects(
      () => ask(Response.json({ type: "error", error }, { status })),
      ModelError,
    );
    assertEquals([thrown.type, thrown.transient], [type, transient]);
    assertEquals(Deno.inspect(thrown, { depth: 9 }).includes(KEY), false);
  });
}

Deno.test("anthropicModel() throws for an answer without usage", async () => {
  const thrown = await assertRejects(
    () => ask(Response.json({ type: "message", content: [TEXT] })),
    ModelError,
  );
  assertEquals(thrown.type, "invalid_response");
});
