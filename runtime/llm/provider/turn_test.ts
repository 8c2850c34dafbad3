import { assertEquals } from "@std/assert";
import { summarizeTool } from "../../../tools/summarize.ts";
import { judgeOutput, type Message } from "../llm.ts";
import { anthropicModel } from "./anthropic.ts";
import { googleModel } from "./google.ts";
import { type LanguageModel, languageModelLlm } from "./language_model.ts";
import { wholeResponses } from "./model_fetch.ts";
import { openaiCompatibleModel } from "./openai_compatible.ts";
import type { ModelServer } from "./server.ts";
import { partsOf, turnOf } from "./turn.ts";

const ARGS = { text: "One." };

function chatCall(id: string, more: object = {}): object {
  return {
    id,
    type: "function",
    function: { name: "summarize", arguments: JSON.stringify(ARGS) },
    ...more,
  };
}

function chat(message: object): object {
  return {
    choices: [{ index: 0, message, finish_reason: "tool_calls" }],
    usage: { prompt_tokens: 1, completion_tokens: 1 },
  };
}

const toolUse = { type: "tool_use", id: "a", name: "summarize", input: ARGS };

function claude(...content: readonly object[]): object {
  return {
    ...{ id: "m", type: "message", role: "assistant", model: "claude" },
    ...{ content, stop_reason: "tool_use", stop_sequence: null },
    usage: { input_tokens: 1, output_tokens: 1 },
  };
}

const functionCall = { id: "a", name: "summarize", args: ARGS };

function gemini(...parts: readonly object[]): object {
  return {
    candidates: [{ content: { role: "model", parts }, finishReason: "STOP" }],
    usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1 },
  };
}

const NO_TEXT = { role: "assistant", content: null };
const REASONED = { reasoning_content: "Look first." };
const DETAILS = [
  { type: "reasoning.encrypted", data: "gAAAA", id: "r1", index: 0 },
];
const SIGNED = { extra_content: { google: { thought_signature: "c2ln" } } };
const THINKING = { type: "thinking", thinking: "Look first.", signature: "s1" };

/** What a server sends, and what it must get back in the next request. */
const TURNS: readonly {
  readonly id: string;
  readonly adapter: (server: ModelServer) => LanguageModel;
  readonly sent: object;
  readonly back: object;
}[] = [
  ...[
    { id: "reasoning_content", more: REASONED },
    { id: "reasoning", more: { reasoning: "Look first." } },
    {
      id: "reasoning_details beside reasoning",
      more: { reasoning: "Look.", reasoning_details: DETAILS },
    },
    {
      id: "thinking_blocks",
      more: { ...REASONED, thinking_blocks: [THINKING] },
    },
    {
      id: "provider_specific_fields",
      more: { provider_specific_fields: { thought_signatures: ["c2ln"] } },
    },
    { id: "text", more: { content: "Let me see." } },
    {
      id: "text in parts",
      more: {
        content: [
          { type: "thinking", thinking: [{ type: "text", text: "Hm." }] },
          { type: "text", text: "Let me see." },
        ],
      },
    },
  ].map(({ id, more }) => ({
    id: `Chat Completions: ${id}`,
    adapter: openaiCompatibleModel,
    sent: chat({ ...NO_TEXT, ...more, tool_calls: [chatCall("a")] }),
    back: { ...NO_TEXT, ...more, tool_calls: [chatCall("a")] },
  })),
  {
    id: "Chat Completions: a signature on the second of two calls",
    adapter: openaiCompatibleModel,
    sent: chat({
      ...NO_TEXT,
      tool_calls: [chatCall("a"), chatCall("b", SIGNED)],
    }),
    back: {
      ...NO_TEXT,
      tool_calls: [chatCall("a"), chatCall("b", SIGNED)],
    },
  },
  {
    id: "Chat Completions: nothing of what a server says of itself",
    adapter: openaiCompatibleModel,
    sent: chat({
      ...{ ...NO_TEXT, annotations: [], audio: null, reasoning_content: null },
      tool_calls: [chatCall("a", { index: 0 })],
    }),
    back: { ...NO_TEXT, tool_calls: [chatCall("a")] },
  },
  {
    id: "Messages: thinking with its signature, before text and call",
    adapter: anthropicModel,
    sent: claude(THINKING, { type: "text", text: "Let me see." }, toolUse),
    back: {
      role: "assistant",
      content: [THINKING, { type: "text", text: "Let me see." }, toolUse],
    },
  },
  {
    id: "Messages: thinking that is empty, and thinking that is redacted",
    adapter: anthropicModel,
    sent: claude(
      { ...THINKING, thinking: "" },
      { type: "redacted_thinking", data: "AAAA" },
      toolUse,
    ),
    back: {
      role: "assistant",
      content: [
        { ...THINKING, thinking: "" },
        { type: "redacted_thinking", data: "AAAA" },
        toolUse,
      ],
    },
  },
  {
    id: "Gemini: signatures on a thought, on text and on the first call",
    adapter: googleModel,
    sent: gemini(
      { text: "Look first.", thought: true, thoughtSignature: "czE=" },
      { text: "Let me see.", thoughtSignature: "czI=" },
      { functionCall, thoughtSignature: "czM=" },
      { functionCall: { ...functionCall, id: "b" } },
    ),
    back: {
      role: "model",
      parts: [
        { text: "Look first.", thought: true, thoughtSignature: "czE=" },
        { text: "Let me see.", thoughtSignature: "czI=" },
        { functionCall, thoughtSignature: "czM=" },
        { functionCall: { ...functionCall, id: "b" } },
      ],
    },
  },
];

const QUESTION: Message = { role: "user", content: "What now?" };

/** Asks twice, as the loop does: the second request follows the first answer. */
async function secondRequest(
  adapter: (server: ModelServer) => LanguageModel,
  sent: object,
): Promise<object | undefined> {
  const requests: string[] = [];
  const model = adapter({
    model: "any",
    baseUrl: "https://models.example/v1",
    key: "some-key-0",
    fetch: wholeResponses((_, { body }) => {
      requests.push(String(body));
      return Promise.resolve(Response.json(sent));
    }),
  });
  const llm = languageModelLlm(model, { name: "any" });
  const tools = [summarizeTool()];
  const { signal } = new AbortController();
  const ask = async (messages: readonly Message[]) =>
    await llm({ step: 1, messages, tools }, signal);
  const { calls = [], turn } = await ask([QUESTION]);
  await ask([
    QUESTION,
    {
      role: "assistant",
      calls,
      // What is on record is JSON.
      ...turn === undefined ? {} : { turn: JSON.parse(JSON.stringify(turn)) },
    },
    ...calls.map(({ id, tool }): Message => ({
      role: "tool",
      call_id: id,
      tool,
      content: "1",
    })),
  ]);
  const { messages, contents } = JSON.parse(requests[1] ?? "{}");
  return (messages ?? contents)[1];
}

for (const { id, adapter, sent, back } of TURNS) {
  Deno.test(`what came with calls goes back with them: ${id}`, async () => {
    assertEquals(await secondRequest(adapter, sent), back);
  });
}

Deno.test("turnOf() leaves out what calls or an answer say by themselves", () => {
  const call = { type: "tool-call", toolCallId: "a" };
  assertEquals(turnOf({ content: [call, call] }), undefined);
  assertEquals(turnOf({ content: [{ type: "text", text: "x" }] }), undefined);
  assertEquals(turnOf({ content: [{ type: "text", text: "" }] }), undefined);
  const nothing = { ...call, providerMetadata: { google: { a: undefined } } };
  assertEquals(turnOf({ content: [nothing] }), undefined);
});

Deno.test("partsOf() names each call once, for any record", () => {
  const calls = [
    { id: "a", tool: "read", args_json: "{}" },
    { id: "b", tool: "read", args_json: "{}" },
  ];
  const [a, b] = [{ type: "call", call: 0 }, { type: "call", call: 1 }];
  for (
    const { turn, want } of [
      { turn: undefined, want: [a, b] },
      { turn: "text", want: [a, b] },
      { turn: [{ type: "file" }], want: [a, b] },
      { turn: [b, b, { type: "call", call: 2 }], want: [b, a] },
      {
        turn: [{ type: "text", text: "x" }, a],
        want: [{ type: "text", text: "x" }, a, b],
      },
    ]
  ) {
    assertEquals(partsOf({ role: "assistant", calls, turn }), want);
  }
});

Deno.test("judgeOutput() refuses more than a model reasons", () => {
  const judged = (length: number) =>
    judgeOutput({ answer: "x", turn: "y".repeat(length) }, {
      limited: undefined,
    });
  assertEquals(judged(2 ** 20 - 2).ok, true);
  assertEquals(judged(2 ** 20 - 1).ok, false);
});
