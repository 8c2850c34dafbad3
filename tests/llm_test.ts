import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
} from "@std/assert";
// Imported here so that the lockfile knows their packages: the program itself
// loads them only when they are asked for.
import "../runtime/llm/provider/anthropic.ts";
import "../runtime/llm/provider/google.ts";
import "../runtime/llm/provider/openai_compatible.ts";
import type { Llm, LlmInput, LlmOutput, Message } from "../runtime/llm/llm.ts";
import { openModel } from "../runtime/llm/provider/open_model.ts";
import { chooseModel } from "../runtime/llm/provider/provider.ts";
import { ModelError } from "../runtime/attempt/model_error.ts";
import { summarizeTool } from "../tools/summarize.ts";
import {
  type Answer,
  body,
  completion,
  cutOffServer,
  emptyChoices,
  error,
  llmServer,
  redirect,
  silence,
} from "./llm_server.ts";
import { lacks } from "./permissions.ts";
import { program, PROJECT } from "./program.ts";

const KEY = "sk-test-5f0c9d7e";
const QUESTION: Message = { role: "user", content: "What now?" };

function asking(messages: readonly Message[] = [QUESTION]): LlmInput {
  return { step: 1, messages, tools: [summarizeTool()] };
}

/** The model of a server, as the command line would make it. */
function modelAt(baseUrl: string): Promise<Llm> {
  const choice = chooseModel("openai-compatible:scripted", {
    baseUrl,
    keyName: "SOME_KEY",
  });
  return openModel(choice, {
    env: (name) => name === "SOME_KEY" ? KEY : undefined,
    fetch: (url, init) => fetch(url, init),
  });
}

async function answerTo(answer: Answer): Promise<LlmOutput> {
  await using server = llmServer([answer]);
  const llm = await modelAt(server.baseUrl);
  return await llm(asking(), new AbortController().signal);
}

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, ignore: lacks("net", "read") });
}

const USAGE = { input_tokens: 12, output_tokens: 5, total_tokens: 17 };
const CALL = { id: "call_a", name: "summarize", arguments: '{"text":"One."}' };

/** What the server says, and what the loop gets. */
const OUTPUTS: readonly {
  readonly id: string;
  readonly answer: Answer;
  readonly want: LlmOutput;
}[] = [
  {
    id: "an answer",
    answer: completion({ content: "Nothing." }),
    want: { answer: "Nothing.", usage: USAGE, finish_reason: "stop" },
  },
  {
    id: "a call with text beside it",
    answer: completion({ content: "Let me see.", calls: [CALL] }),
    want: {
      calls: [{
        id: "call_a",
        tool: "summarize",
        args_json: '{"text":"One."}',
      }],
      usage: USAGE,
      finish_reason: "tool_calls",
      raw: "Let me see.",
      turn: [{ type: "text", text: "Let me see." }, { type: "call", call: 0 }],
    },
  },
  {
    id: "two calls at once, in their order",
    answer: completion({
      calls: [{ ...CALL, id: "call_b" }, { ...CALL, name: "nowhere" }],
    }),
    want: {
      calls: [
        { id: "call_b", tool: "summarize", args_json: '{"text":"One."}' },
        { id: "call_a", tool: "nowhere", args_json: '{"text":"One."}' },
      ],
      usage: USAGE,
      finish_reason: "tool_calls",
    },
  },
  {
    id: "a call whose arguments are no JSON, as they are",
    answer: completion({ calls: [{ ...CALL, arguments: '{"text": One' }] }),
    want: {
      calls: [{ id: "call_a", tool: "summarize", args_json: '{"text": One' }],
      usage: USAGE,
      finish_reason: "tool_calls",
    },
  },
  {
    id: "a call by a server that just says stop",
    answer: completion({ calls: [CALL], finish: "stop" }),
    want: {
      calls: [{
        id: "call_a",
        tool: "summarize",
        args_json: '{"text":"One."}',
      }],
      usage: USAGE,
      finish_reason: "stop",
    },
  },
  {
    id: "a refusal as no answer",
    answer: completion({ refusal: "I will not." }),
    want: {
      no_answer: "refusal",
      usage: USAGE,
      finish_reason: "content-filter: stop",
      raw: '[{"type":"text","text":"I will not."}]',
    },
  },
  {
    id: "what a content filter stopped as no answer",
    answer: completion({ content: "First", finish: "content_filter" }),
    want: {
      no_answer: "content_filter",
      usage: USAGE,
      finish_reason: "content-filter: content_filter",
      raw: '[{"type":"text","text":"First"}]',
    },
  },
  {
    id: "what was cut off for its length as no answer",
    answer: completion({ content: "First", finish: "length" }),
    want: {
      no_answer: "length",
      usage: USAGE,
      finish_reason: "length",
      raw: '[{"type":"text","text":"First"}]',
    },
  },
  {
    id: "a call that was cut off for its length as no call",
    answer: completion({ calls: [CALL], finish: "length" }),
    want: {
      no_answer: "length",
      usage: USAGE,
      finish_reason: "length",
      raw:
        '[{"type":"tool-call","toolCallId":"call_a","toolName":"summarize","input":"{\\"text\\":\\"One.\\"}"}]',
    },
  },
  {
    id: "an empty answer as none",
    answer: completion({ content: "" }),
    want: {
      no_answer: "empty_answer",
      usage: USAGE,
      finish_reason: "stop",
      raw: "[]",
    },
  },
  {
    id: "reasoning without an answer as none",
    answer: completion({ reasoning: "Hm." }),
    want: {
      no_answer: "empty_answer",
      usage: USAGE,
      finish_reason: "stop",
      raw: '[{"type":"reasoning","text":"Hm."}]',
    },
  },
  {
    id: "announced calls that are not there as none",
    answer: completion({ content: "So", finish: "tool_calls" }),
    want: {
      usage: USAGE,
      finish_reason: "tool-calls: tool_calls",
      raw: '[{"type":"text","text":"So"}]',
    },
  },
  {
    id: "missing usage as missing",
    answer: completion({ content: "Nothing.", usage: null }),
    want: { answer: "Nothing.", finish_reason: "stop" },
  },
  {
    id: "usage without its parts as missing",
    answer: completion({ content: "Nothing.", usage: { total_tokens: 17 } }),
    want: { answer: "Nothing.", finish_reason: "stop" },
  },
  {
    id: "negative usage as it is, for the loop to refuse",
    answer: completion({
      content: "Nothing.",
      usage: { prompt_tokens: -4, completion_tokens: 5 },
    }),
    want: {
      answer: "Nothing.",
      usage: { input_tokens: -4, output_tokens: 5 },
      finish_reason: "stop",
    },
  },
  {
    id: "reasoning tokens once",
    answer: completion({
      content: "Nothing.",
      usage: {
        prompt_tokens: 12,
        completion_tokens: 30,
        completion_tokens_details: { reasoning_tokens: 20 },
        total_tokens: 42,
      },
    }),
    want: {
      answer: "Nothing.",
      usage: {
        input_tokens: 12,
        output_tokens: 10,
        reasoning_tokens: 20,
        total_tokens: 42,
      },
      finish_reason: "stop",
    },
  },
];

for (const { id, answer, want } of OUTPUTS) {
  test(`openModel() passes on ${id}`, async () => {
    assertEquals(await answerTo(answer), want);
  });
}

/** What goes wrong, and what is thrown. */
const ERRORS: readonly {
  readonly id: string;
  readonly answer: Answer;
  readonly type: string;
  readonly transient: boolean;
  readonly retryAfterMs?: number;
  readonly message: string;
}[] = [
  {
    id: "429 with retry-after",
    answer: error(429, { message: "Slow down" }, { "retry-after": "2" }),
    type: "429",
    transient: true,
    retryAfterMs: 2000,
    message:
      'Cannot ask "openai-compatible:scripted": the server answered 429: Slow down',
  },
  {
    id: "429 for an unpaid account",
    answer: error(429, { message: "Pay first", code: "insufficient_quota" }),
    type: "insufficient_quota",
    transient: false,
    message:
      'Cannot ask "openai-compatible:scripted": the server answered 429: Pay first',
  },
  {
    id: "500",
    answer: error(500, { message: "Oops" }),
    type: "500",
    transient: true,
    message:
      'Cannot ask "openai-compatible:scripted": the server answered 500: Oops',
  },
  {
    id: "503 without a body that says why",
    answer: () => new Response("<html>", { status: 503 }),
    type: "503",
    transient: true,
    message:
      'Cannot ask "openai-compatible:scripted": the server answered 503: Service Unavailable',
  },
  {
    id: "401",
    answer: error(401, { message: `Incorrect key: ${KEY.slice(0, 9)}***` }),
    type: "unauthorized",
    transient: false,
    message: 'Cannot ask "openai-compatible:scripted": the server answered 401',
  },
  {
    id: "400 that quotes the key",
    answer: error(400, { message: `Bad header\n"Bearer ${KEY}"` }),
    type: "400",
    transient: false,
    message:
      'Cannot ask "openai-compatible:scripted": the server answered 400: Bad header "Bearer [key]"',
  },
  {
    id: "a redirect, which is not followed",
    answer: redirect("/elsewhere"),
    type: "307",
    transient: false,
    message:
      'Cannot ask "openai-compatible:scripted": the server answered 307: Temporary Redirect',
  },
  {
    id: "a body that is not JSON",
    answer: body('{"choices": ['),
    type: "invalid_response",
    transient: false,
    message:
      'Cannot ask "openai-compatible:scripted": the server\'s answer does not have the form that it promises: {"choices": [',
  },
  {
    id: "a body of another form",
    answer: body('{"error": "none"}'),
    type: "invalid_response",
    transient: false,
    message:
      'Cannot ask "openai-compatible:scripted": the server\'s answer does not have the form that it promises: {"error": "none"}',
  },
  {
    id: "no choices",
    answer: emptyChoices(),
    type: "invalid_response",
    transient: false,
    message:
      'Cannot ask "openai-compatible:scripted": the server\'s answer does not have the form that it promises',
  },
];

for (const { id, answer, message, retryAfterMs, ...want } of ERRORS) {
  test(`openModel() throws for ${id}`, async () => {
    const thrown = await assertRejects(() => answerTo(answer), ModelError);
    const { type, transient } = thrown;
    assertEquals({ type, transient }, want);
    assertEquals(thrown.retryAfterMs, retryAfterMs);
    assertEquals(thrown.message, message);
    assert(!Deno.inspect(thrown, { depth: 9 }).includes(KEY));
  });
}

test("openModel() throws when the connection breaks off in the middle", async () => {
  await using server = cutOffServer();
  const llm = await modelAt(server.baseUrl);
  const thrown = await assertRejects(
    () => llm(asking(), new AbortController().signal),
    ModelError,
  );
  const { type, transient, message } = thrown;
  assertEquals({ type, transient }, { type: "network", transient: true });
  assert(message.endsWith("the connection broke off"), message);
  assert(!Deno.inspect(thrown, { depth: 9 }).includes(KEY));
});

test("openModel() throws when no server listens", async () => {
  const server = llmServer([]);
  await server[Symbol.asyncDispose]();
  const llm = await modelAt(server.baseUrl);
  const thrown = await assertRejects(
    () => llm(asking(), new AbortController().signal),
    ModelError,
  );
  const { host } = new URL(server.baseUrl);
  assertEquals(
    { ...thrown, message: thrown.message },
    {
      name: "ModelError",
      type: "network",
      transient: true,
      retryAfterMs: undefined,
      message: `Cannot reach "${host}": the connection was refused`,
    },
  );
});

for (
  const { id, reason } of [
    {
      id: "the reason of the signal",
      reason: new Error("cancelled by a test"),
    },
    { id: "an AbortError", reason: undefined },
  ]
) {
  test(`openModel() stops waiting when it is cancelled, with ${id}`, async () => {
    const controller = new AbortController();
    await using server = llmServer([silence(() => controller.abort(reason))]);
    const llm = await modelAt(server.baseUrl);
    const thrown = await llm(asking(), controller.signal)
      .catch((error) => error);
    assertEquals(thrown, controller.signal.reason);
  });
}

test("openModel() calls it a timeout when the network gives up", async () => {
  const limit = new AbortController();
  await using server = llmServer([silence(() => {
    limit.abort(new DOMException("Too slow", "TimeoutError"));
  })]);
  const llm = await openModel(
    chooseModel("openai-compatible:scripted", { baseUrl: server.baseUrl }),
    {
      env: () => undefined,
      fetch: (url, init) => fetch(url, { ...init, signal: limit.signal }),
    },
  );
  const thrown = await assertRejects(
    () => llm(asking(), new AbortController().signal),
    ModelError,
  );
  assertEquals([thrown.type, thrown.transient], ["timeout", true]);
});

test("openModel() sends the conversation, the tools and the key", async () => {
  await using server = llmServer([completion({ content: "Nothing." })]);
  const llm = await modelAt(server.baseUrl);
  await llm(
    asking([
      QUESTION,
      {
        role: "assistant",
        calls: [
          { id: "a", tool: "summarize", args_json: '{"text":"One.","n":1.0}' },
          { id: "b", tool: "summarize", args_json: "{no" },
        ],
      },
      { role: "tool", call_id: "a", tool: "summarize", content: '{"ok":1}' },
      { role: "tool", call_id: "b", tool: "summarize", content: '"denied"' },
    ]),
    new AbortController().signal,
  );
  const [request] = server.requests;
  assertEquals(request?.path, "/v1/chat/completions");
  assertEquals(request?.headers.get("authorization"), `Bearer ${KEY}`);
  const tool = summarizeTool();
  assertEquals(request?.body, {
    model: "scripted",
    messages: [
      { role: "user", content: "What now?" },
      {
        role: "assistant",
        content: null,
        tool_calls: [
          {
            id: "a",
            type: "function",
            function: {
              name: "summarize",
              arguments: '{"text":"One.","n":1.0}',
            },
          },
          {
            id: "b",
            type: "function",
            function: { name: "summarize", arguments: '"{no"' },
          },
        ],
      },
      { role: "tool", tool_call_id: "a", content: '{"ok":1}' },
      { role: "tool", tool_call_id: "b", content: '"denied"' },
    ],
    tools: [{
      type: "function",
      function: {
        name: "summarize",
        description: tool.description,
        parameters: tool.args["~standard"].jsonSchema.input({
          target: "draft-2020-12",
        }),
      },
    }],
  });
});

test("openModel() sends no key to a server that needs none", async () => {
  await using server = llmServer([completion({ content: "Nothing." })]);
  const llm = await openModel(
    chooseModel("ollama:small", { baseUrl: server.baseUrl }),
    { env: () => KEY, fetch: (url, init) => fetch(url, init) },
  );
  await llm(asking(), new AbortController().signal);
  assertInstanceOf(server.requests[0]?.headers, Headers);
  assertEquals(server.requests[0]?.headers.get("authorization"), null);
});

/** Asks a model in a process of its own and prints what comes of it. */
const CHILD = `
const [spec, baseUrl] = Deno.args;
const { chooseModel } = await import("${PROJECT}runtime/llm/provider/provider.ts");
const { openModel } = await import("${PROJECT}runtime/llm/provider/open_model.ts");
const choice = chooseModel(spec, { baseUrl, keyName: "SOME_KEY" });
const llm = await openModel(choice, { env: (name) => Deno.env.get(name), fetch });
const input = { step: 1, messages: [{ role: "user", content: "?" }], tools: [] };
try {
  console.log(JSON.stringify(await llm(input, new AbortController().signal)));
} catch ({ name, type, cause }) {
  console.log(JSON.stringify({ name, type, cause: cause?.name }));
}
`;

for (const provider of ["openai-compatible", "anthropic", "google"]) {
  for (const reachable of [true, false]) {
    Deno.test({
      name: `${provider} needs its host, its variable and its files, no more: ${
        reachable ? "with" : "without"
      } the host`,
      ignore: lacks("net", "read", "write", "run"),
      async fn() {
        await using server = llmServer([error(503, { message: "Busy" })]);
        const { host } = new URL(server.baseUrl);
        const folder = Deno.makeTempDirSync();
        try {
          Deno.writeTextFileSync(`${folder}/child.ts`, CHILD);
          const { stdout, stderr } = await program(
            [`${provider}:any`, server.baseUrl],
            {
              cwd: folder,
              env: { SOME_KEY: KEY },
              program: `${folder}/child.ts`,
              permissions: [
                `--allow-net=${reachable ? host : "127.0.0.2:9"}`,
                "--allow-env=SOME_KEY",
                `--allow-read=${PROJECT}`,
              ],
            },
          );
          assertEquals(stderr, "");
          assertEquals(
            JSON.parse(stdout),
            reachable ? { name: "ModelError", type: "503" } : {
              name: "ModelError",
              type: "permission_denied",
              cause: "NotCapable",
            },
          );
        } finally {
          Deno.removeSync(folder, { recursive: true });
        }
      },
    });
  }
}
