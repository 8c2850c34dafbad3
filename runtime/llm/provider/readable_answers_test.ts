import { assertEquals, assertRejects } from "@std/assert";
import { summarizeTool } from "../../../tools/summarize.ts";
import type { LlmOutput } from "../llm.ts";
import { ModelError } from "../../attempt/model_error.ts";
import { anthropicModel } from "./anthropic.ts";
import { googleModel } from "./google.ts";
import { languageModelLlm } from "./language_model.ts";
import { wholeResponses } from "./model_fetch.ts";
import { openaiCompatibleModel } from "./openai_compatible.ts";

const ADAPTERS = {
  chat: openaiCompatibleModel,
  messages: anthropicModel,
  gemini: googleModel,
};

async function answerTo(
  response: Response,
  by: keyof typeof ADAPTERS = "chat",
): Promise<LlmOutput> {
  const model = ADAPTERS[by]({
    model: "any",
    baseUrl: "https://models.example/v1",
    key: "some-key-0",
    fetch: wholeResponses(() => Promise.resolve(response)),
  });
  return await languageModelLlm(model, { name: "any" })({
    step: 1,
    messages: [{ role: "user", content: "?" }],
    tools: [summarizeTool()],
  }, new AbortController().signal);
}

/** An answer whose message and reason to stop are one's own. */
function chat(message: object, finish_reason?: unknown): object {
  return {
    choices: [{ index: 0, message, finish_reason }],
    usage: { prompt_tokens: 1, completion_tokens: 1 },
  };
}

const USAGE = { input_tokens: 1, output_tokens: 1 };
const ARGS = '{"text":"One."}';
const WHOLE = { name: "summarize", arguments: ARGS };
const CALLED = { id: "a", type: "function", function: WHOLE };

for (
  const word of [
    ...["stop", "eos", "eos_token", "end", "end_turn", "stop_sequence"],
    ...["STOP", "EOS", "completed", "", " ", null, undefined],
    ...["tool_call", "tool_calls", "tool_use", "function_call"],
  ]
) {
  const said = JSON.stringify(word) ?? "nothing";
  const isCall = /call|use/.test(said);
  Deno.test(`calls are whole when the server says ${said}`, async () => {
    const { calls, no_answer } = await answerTo(
      Response.json(chat({ tool_calls: [CALLED] }, word)),
    );
    assertEquals([calls?.length, no_answer], [1, undefined]);
  });
  if (isCall) continue;
  Deno.test(`an answer is whole when the server says ${said}`, async () => {
    const { answer, no_answer } = await answerTo(
      Response.json(chat({ content: "Done." }, word)),
    );
    assertEquals([answer, no_answer], ["Done.", undefined]);
  });
}

for (
  const { word, want } of [
    { word: "sensitive", want: "content_filter" },
    { word: "safety", want: "content_filter" },
    { word: "SAFETY", want: "content_filter" },
    { word: "guardrail_intervened", want: "content_filter" },
    { word: "content_filter", want: "content_filter" },
    { word: "max_tokens", want: "length" },
    { word: "model_length", want: "length" },
    { word: "pause_turn", want: "unfinished" },
    { word: "abort", want: "unfinished" },
    { word: "something", want: "unfinished" },
  ]
) {
  Deno.test(`nothing is whole when the server says ${word}`, async () => {
    for (const message of [{ content: "So" }, { tool_calls: [CALLED] }]) {
      const { no_answer } = await answerTo(Response.json(chat(message, word)));
      assertEquals(no_answer, want);
    }
  });
}

/** An error that comes with status 200, and what is thrown. */
const ERRORS: readonly {
  readonly id: string;
  readonly body: object | string;
  readonly by?: keyof typeof ADAPTERS;
  readonly type: string;
  readonly transient: boolean;
  readonly words?: string;
}[] = [
  {
    id: "a number as its code",
    body: { error: { code: 429, message: "Slow down" } },
    ...{ type: "429", transient: true, words: "Slow down" },
  },
  {
    id: "a number in a text",
    body: { error: { code: "502", message: "Bad gateway" } },
    ...{ type: "502", transient: true, words: "Bad gateway" },
  },
  {
    id: "a name as its type",
    body: { error: { type: "server_error", message: "Oops", code: null } },
    ...{ type: "500", transient: true, words: "Oops" },
  },
  {
    id: "one that will not change",
    body: { error: { code: 400, message: "No such tool" } },
    ...{ type: "400", transient: false, words: "No such tool" },
  },
  {
    id: "a key that is refused, without its words",
    body: { error: { code: "invalid_api_key", message: "Not sk-123" } },
    ...{ type: "unauthorized", transient: false, words: "" },
  },
  {
    id: "an account that is empty",
    body: { error: { code: 429, type: "insufficient_quota", message: "Pay" } },
    ...{ type: "insufficient_quota", transient: false, words: "Pay" },
  },
  {
    id: "vLLM's own form",
    body: { object: "error", message: "Overloaded", code: 503 },
    ...{ type: "503", transient: true, words: "Overloaded" },
  },
  {
    id: "a list of one",
    body: [{ error: { code: 503, message: "Busy", status: "UNAVAILABLE" } }],
    ...{ type: "503", transient: true, words: "Busy" },
  },
  {
    id: "one in a choice, with the words of the server that the gateway called",
    body: {
      choices: [{
        message: { role: "assistant", content: "Half an an" },
        finish_reason: "error",
        error: {
          code: 502,
          message: "Provider returned error",
          metadata: { raw: "The GPU is on fire" },
        },
      }],
    },
    ...{ type: "502", transient: true },
    words: "Provider returned error: The GPU is on fire",
  },
  {
    id: "one in a choice without a code",
    body: { choices: [{ message: {}, error: { message: "Lost it" } }] },
    ...{ type: "502", transient: true, words: "Lost it" },
  },
  {
    id: "a stop that is the server's own failure",
    body: chat({ content: "" }, "network_error"),
    ...{ type: "503", transient: true, words: "finish_reason: network_error" },
  },
  {
    id: "white space before it",
    body: `\n\n  ${JSON.stringify({ error: { code: 503, message: "Busy" } })}`,
    ...{ type: "503", transient: true, words: "Busy" },
  },
  {
    id: "one in a stream",
    body:
      'data: {"choices":[{"delta":{"content":"Ha"}}]}\n\ndata: {"error":{"code":503,"message":"Busy"}}\n\n',
    ...{ type: "503", transient: true, words: "Busy" },
  },
  {
    id: "Anthropic's form",
    by: "messages",
    body: {
      type: "error",
      error: { type: "overloaded_error", message: "Overloaded" },
    },
    ...{ type: "529", transient: true, words: "Overloaded" },
  },
  {
    id: "Google's form",
    by: "gemini",
    body: {
      error: { code: 429, status: "RESOURCE_EXHAUSTED", message: "Slow down" },
    },
    ...{ type: "429", transient: true, words: "Slow down" },
  },
  {
    id: "a kind that is not known, quoted",
    body: { error: { type: "odd", message: "Something" } },
    ...{ type: "invalid_response", transient: false, words: "Something" },
  },
];

for (const { id, body, by, words = "", ...want } of ERRORS) {
  Deno.test(`an error inside HTTP 200 is one: ${id}`, async () => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const thrown = await assertRejects(
      () => answerTo(new Response(text), by),
      ModelError,
    );
    const { type, transient } = thrown;
    assertEquals({ type, transient }, want);
    assertEquals(thrown.message.includes(words), true, thrown.message);
    assertEquals(thrown.message.includes("sk-123"), false);
  });
}

for (const by of ["chat", "messages", "gemini"] as const) {
  for (const text of ["", " \n", "\ufeff"]) {
    Deno.test(`an empty body is asked for again: ${by}, ${JSON.stringify(text)}`, async () => {
      const thrown = await assertRejects(
        () => answerTo(new Response(text), by),
        ModelError,
      );
      const { type, transient } = thrown;
      assertEquals({ type, transient }, {
        type: "empty_response",
        transient: true,
      });
    });
  }
}

Deno.test("white space before an answer is removed", async () => {
  const text = `\n \n${JSON.stringify(chat({ content: "Done." }, "stop"))}`;
  assertEquals((await answerTo(new Response(text))).answer, "Done.");
});

/** Calls as servers write them, whose meaning is clear. */
const CALLS: readonly {
  readonly id: string;
  readonly message: object;
  readonly args_json?: string;
}[] = [
  {
    id: "no function around them",
    message: { tool_calls: [{ id: "a", ...WHOLE }] },
  },
  {
    id: "input in the place of arguments",
    message: {
      tool_calls: [{ id: "a", name: "summarize", input: { text: "One." } }],
    },
  },
  {
    id: "the function's name alone",
    message: {
      tool_calls: [{ id: "a", function: "summarize", arguments: ARGS }],
    },
  },
  {
    id: "arguments that are an object",
    message: {
      tool_calls: [{
        ...CALLED,
        function: { name: "summarize", arguments: { text: "One." } },
      }],
    },
  },
  {
    id: "parameters",
    message: {
      tool_calls: [{
        ...CALLED,
        function: { name: "summarize", parameters: { text: "One." } },
      }],
    },
  },
  { id: "one call outside a list", message: { tool_calls: CALLED } },
  ...["", " ", null, undefined].map((args) => ({
    id: `${JSON.stringify(args)} as arguments`,
    message: {
      tool_calls: [{
        ...CALLED,
        function: { name: "summarize", arguments: args },
      }],
    },
    args_json: "{}",
  })),
];

for (const { id, message, args_json = ARGS } of CALLS) {
  Deno.test(`calls are read where the intent is plain: ${id}`, async () => {
    assertEquals(
      (await answerTo(Response.json(chat(message, "tool_calls")))).calls,
      [{ id: "a", tool: "summarize", args_json }],
    );
  });
}

Deno.test("the function_call of old is a call", async () => {
  const { calls = [] } = await answerTo(
    Response.json(chat({ function_call: WHOLE }, "function_call")),
  );
  assertEquals(calls.map(({ tool, args_json }) => [tool, args_json]), [
    ["summarize", ARGS],
  ]);
});

function stream(...chunks: readonly (object | string)[]): string {
  return chunks.map((each) =>
    `data: ${typeof each === "string" ? each : JSON.stringify(each)}\n\n`
  ).join("");
}

function delta(fields: object, finish_reason: string | null = null): object {
  return { id: "c", choices: [{ index: 0, delta: fields, finish_reason }] };
}

const COUNTED = {
  choices: [],
  usage: { prompt_tokens: 1, completion_tokens: 1 },
};

/** Streams, and the answers that they are. */
const STREAMS: readonly {
  readonly id: string;
  readonly text: string;
  readonly want: LlmOutput;
}[] = [
  {
    id: "text",
    text: `: ping\n\n${
      stream(
        delta({ role: "assistant", content: "" }),
        delta({ content: "All " }),
        delta({ content: "done." }),
        delta({}, "stop"),
        COUNTED,
        "[DONE]",
      )
    }`,
    want: { answer: "All done.", usage: USAGE, finish_reason: "stop" },
  },
  {
    id: "reasoning, and two calls whose pieces are mixed",
    text: stream(
      delta({ reasoning_content: "Look " }),
      delta({ reasoning_content: "first." }),
      delta({
        tool_calls: [{
          index: 0,
          id: "a",
          type: "function",
          function: { name: "summarize", arguments: "" },
        }],
      }),
      delta({
        tool_calls: [{
          index: 1,
          id: "b",
          function: { name: "read", arguments: '{"pa' },
        }],
      }),
      delta({ tool_calls: [{ index: 0, function: { arguments: ARGS } }] }),
      delta({
        tool_calls: [{
          index: 1,
          id: "",
          function: { name: "read", arguments: 'th":"x"}' },
        }],
      }, "tool_calls"),
      COUNTED,
    ),
    want: {
      calls: [
        { id: "a", tool: "summarize", args_json: ARGS },
        { id: "b", tool: "read", args_json: '{"path":"x"}' },
      ],
      usage: USAGE,
      finish_reason: "tool_calls",
      turn: [
        {
          type: "message",
          options: { openaiCompatible: { reasoning_content: "Look first." } },
        },
        { type: "call", call: 0 },
        { type: "call", call: 1 },
      ],
    },
  },
  {
    id: "calls without an index, and a signature",
    text: stream(
      delta({
        tool_calls: [{
          ...CALLED,
          extra_content: { google: { thought_signature: "c2ln" } },
        }],
      }),
      delta({ tool_calls: [{ ...CALLED, id: "b" }] }, "stop"),
      "[DONE]",
    ),
    want: {
      calls: [
        { id: "a", tool: "summarize", args_json: ARGS },
        { id: "b", tool: "summarize", args_json: ARGS },
      ],
      finish_reason: "stop",
      turn: [
        {
          type: "call",
          call: 0,
          options: {
            openaiCompatible: {
              extra_content: { google: { thought_signature: "c2ln" } },
            },
          },
        },
        { type: "call", call: 1 },
      ],
    },
  },
];

for (const { id, text, want } of STREAMS) {
  for (const newline of ["\n", "\r\n"]) {
    Deno.test(`a stream is read as an answer: ${id}, ${JSON.stringify(newline)}`, async () => {
      const response = new Response(text.replaceAll("\n", newline), {
        headers: { "content-type": "text/event-stream" },
      });
      assertEquals(await answerTo(response), want);
    });
  }
}

Deno.test("a stream that breaks off is asked for again", async () => {
  const text = stream(delta({ content: "All " }), delta({ content: "do" }));
  const thrown = await assertRejects(
    () => answerTo(new Response(text)),
    ModelError,
  );
  assertEquals([thrown.type, thrown.transient], ["network", true]);
});

for (
  const { error, isSpent } of [
    { error: { type: "insufficient_quota" }, isSpent: true },
    { error: { code: "insufficient_quota" }, isSpent: true },
    { error: { code: "insufficient_balance" }, isSpent: true },
    { error: { code: "billing_hard_limit_reached" }, isSpent: true },
    { error: { type: "exceeded_current_quota_error" }, isSpent: true },
    { error: { type: "budget_exceeded" }, isSpent: true },
    { error: { code: "rate_limit_exceeded" }, isSpent: false },
    { error: { code: "Throttling.AllocationQuota" }, isSpent: false },
    { error: { code: 429, status: "RESOURCE_EXHAUSTED" }, isSpent: false },
    { error: { message: "You exceeded your quota" }, isSpent: false },
  ]
) {
  const body = JSON.stringify({ error });
  Deno.test(`429 is ${isSpent ? "not " : ""}tried again with ${body}`, async () => {
    for (const text of [body, `[${body}]`]) {
      const thrown = await assertRejects(
        () => answerTo(new Response(text, { status: 429 })),
        ModelError,
      );
      assertEquals(
        [thrown.type, thrown.transient],
        isSpent ? ["insufficient_quota", false] : ["429", true],
      );
    }
  });
}
