import { assertEquals, assertRejects } from "@std/assert";
import { summarizeTool } from "../../../tools/summarize.ts";
import type { LlmInput, LlmOutput } from "../llm.ts";
import { ModelError } from "../../attempt/model_error.ts";
import { googleModel } from "./google.ts";
import { languageModelLlm } from "./language_model.ts";
import { wholeResponses } from "./model_fetch.ts";

const KEY = "AIza-secret-1";
const USAGE = { input_tokens: 30, output_tokens: 8, reasoning_tokens: 0 };
const COUNTED = { promptTokenCount: 30, candidatesTokenCount: 8 };
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
    googleModel({
      model: "gemini-2.5-flash",
      baseUrl: "https://generativelanguage.googleapis.com/v1beta",
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
    { name: "google:gemini-2.5-flash", key: KEY },
  );
  return { output: await llm(input, new AbortController().signal), sent };
}

/** An answer in the form of `generateContent`. */
function generated(
  parts: readonly unknown[],
  finishReason: string,
  usageMetadata: Readonly<Record<string, number>> | undefined = COUNTED,
): Response {
  return Response.json({
    candidates: [{ content: { role: "model", parts }, finishReason, index: 0 }],
    usageMetadata,
    modelVersion: "gemini-2.5-flash",
    responseId: "r1",
  });
}

const TEXT = { text: "Because." };
const TEXT_JSON = '[{"type":"text","text":"Because."}]';

function functionCall(id: string): unknown {
  return { functionCall: { id, name: "summarize", args: { text: "One." } } };
}

function proposed(id: string) {
  return { id, tool: "summarize", args_json: '{"text":"One."}' };
}

const OUTPUTS: readonly {
  readonly id: string;
  readonly response: () => Response;
  readonly want: LlmOutput;
}[] = [
  {
    id: "an answer",
    response: () => generated([TEXT], "STOP"),
    want: { answer: "Because.", usage: USAGE, finish_reason: "STOP" },
  },
  {
    id: "calls with text beside them",
    response: () =>
      generated([TEXT, functionCall("a"), functionCall("b")], "STOP"),
    want: {
      calls: [proposed("a"), proposed("b")],
      usage: USAGE,
      finish_reason: "STOP",
      raw: "Because.",
      turn: [
        { type: "text", text: "Because." },
        { type: "call", call: 0 },
        { type: "call", call: 1 },
      ],
    },
  },
  {
    id: "thoughts apart from the answer, and their tokens once",
    response: () =>
      generated([{ text: "Hm.", thought: true }, TEXT], "STOP", {
        ...COUNTED,
        thoughtsTokenCount: 40,
        totalTokenCount: 78,
      }),
    want: {
      answer: "Because.",
      usage: { ...USAGE, reasoning_tokens: 40, total_tokens: 78 },
      finish_reason: "STOP",
      turn: [
        { type: "reasoning", text: "Hm." },
        { type: "text", text: "Because." },
      ],
    },
  },
  ...["SAFETY", "PROHIBITED_CONTENT", "RECITATION"].map((reason) => ({
    id: `${reason} as no answer`,
    response: () => generated([TEXT], reason),
    want: {
      no_answer: "content_filter" as const,
      usage: USAGE,
      finish_reason: `content-filter: ${reason}`,
      raw: TEXT_JSON,
    },
  })),
  {
    id: "a blocked prompt as no answer",
    response: () =>
      Response.json({
        promptFeedback: { blockReason: "SAFETY" },
        usageMetadata: { promptTokenCount: 30, totalTokenCount: 30 },
      }),
    want: {
      no_answer: "content_filter",
      usage: {
        input_tokens: 30,
        output_tokens: 0,
        reasoning_tokens: 0,
        total_tokens: 30,
      },
      finish_reason: "content-filter: SAFETY",
      raw: "[]",
    },
  },
  {
    id: "MAX_TOKENS as no answer",
    response: () => generated([TEXT], "MAX_TOKENS"),
    want: {
      no_answer: "length",
      usage: USAGE,
      finish_reason: "length: MAX_TOKENS",
      raw: TEXT_JSON,
    },
  },
  {
    id: "MALFORMED_FUNCTION_CALL as no answer",
    response: () => generated([], "MALFORMED_FUNCTION_CALL"),
    want: {
      no_answer: "unfinished",
      usage: USAGE,
      finish_reason: "error: MALFORMED_FUNCTION_CALL",
      raw: "[]",
    },
  },
  {
    id: "missing usage as missing",
    response: () => generated([TEXT], "STOP", {}),
    want: { answer: "Because.", finish_reason: "STOP" },
  },
];

for (const { id, response, want } of OUTPUTS) {
  Deno.test(`googleModel() passes on ${id}`, async () => {
    assertEquals((await ask(response())).output, want);
  });
}

Deno.test("googleModel() names calls that have no id", async () => {
  const call = { functionCall: { name: "summarize", args: {} } };
  const { output: { calls = [] } } = await ask(generated([call, call], "STOP"));
  assertEquals(calls.map(({ tool }) => tool), ["summarize", "summarize"]);
  const ids = new Set(calls.map(({ id }) => id));
  assertEquals([ids.size, ids.has("")], [2, false]);
});

Deno.test("googleModel() sends the conversation, the tools and the key", async () => {
  const { sent: [request] } = await ask(generated([TEXT], "STOP"), {
    ...INPUT,
    messages: [
      { role: "user", content: "Why?" },
      { role: "assistant", calls: [proposed("a"), proposed("b")] },
      { role: "tool", call_id: "a", tool: "summarize", content: '{"ok":1}' },
      { role: "tool", call_id: "b", tool: "summarize", content: '"denied"' },
    ],
  });
  assertEquals(
    request?.url,
    "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent",
  );
  assertEquals(request?.headers.get("x-goog-api-key"), KEY);
  const { description, args } = summarizeTool();
  const called = (id: string) => ({
    functionCall: { id, name: "summarize", args: { text: "One." } },
  });
  const told = (id: string, content: string) => ({
    functionResponse: {
      id,
      name: "summarize",
      response: { name: "summarize", content },
    },
  });
  assertEquals(request?.body, {
    contents: [
      { role: "user", parts: [{ text: "Why?" }] },
      { role: "model", parts: [called("a"), called("b")] },
      { role: "user", parts: [told("a", '{"ok":1}'), told("b", '"denied"')] },
    ],
    generationConfig: {},
    tools: [{
      functionDeclarations: [{
        name: "summarize",
        description,
        parametersJsonSchema: args["~standard"].jsonSchema.input({
          target: "draft-2020-12",
        }),
      }],
    }],
  });
});

const ERRORS = [
  { status: 403, kind: "PERMISSION_DENIED", type: "forbidden" },
  { status: 429, kind: "RESOURCE_EXHAUSTED", type: "429", transient: true },
  { status: 503, kind: "UNAVAILABLE", type: "503", transient: true },
  { status: 400, kind: "INVALID_ARGUMENT", type: "400" },
];

for (const { status, kind, type, transient = false } of ERRORS) {
  Deno.test(`googleModel() throws for ${kind}`, async () => {
    const error = { code: status, status: kind, message: `Not with ${KEY}` };
    const thrown = await assertRejects(
      () => ask(Response.json({ error }, { status })),
      ModelError,
    );
    assertEquals([thrown.type, thrown.transient], [type, transient]);
    assertEquals(Deno.inspect(thrown, { depth: 9 }).includes(KEY), false);
  });
}

Deno.test("googleModel() writes a model's name into the path, and nothing else", async () => {
  const urls: string[] = [];
  const model = googleModel({
    model: "tuned models/ä?key=b#c:x",
    baseUrl: "https://generativelanguage.googleapis.com/v1beta",
    key: KEY,
    fetch: wholeResponses((url) => {
      urls.push(url);
      return Promise.resolve(generated([TEXT], "STOP"));
    }),
  });
  const { signal } = new AbortController();
  await languageModelLlm(model, { name: "google" })(INPUT, signal);
  assertEquals(urls, [
    "https://generativelanguage.googleapis.com/v1beta/tuned%20models/%C3%A4%3Fkey%3Db%23c%3Ax:generateContent",
  ]);
});
