import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { ModelError } from "../../attempt/model_error.ts";
import { type LanguageModel, languageModelLlm } from "./language_model.ts";

const INPUT = {
  step: 1,
  messages: [{ role: "user" as const, content: "Why?" }],
  tools: [],
};
const ASKED = { name: "some:model", key: "sk-secret-1" };
const ANSWER = {
  content: [{ type: "text", text: "Because." }],
  finishReason: { unified: "stop", raw: undefined },
  usage: {
    inputTokens: { total: 1 },
    outputTokens: { total: 2, reasoning: undefined },
  },
};

function failing(error: unknown): LanguageModel {
  return { doGenerate: () => Promise.reject(error) };
}

Deno.test("languageModelLlm() asks once, with the signal", async () => {
  const { signal } = new AbortController();
  const prompts: unknown[] = [];
  const llm = languageModelLlm({
    doGenerate(prompt) {
      prompts.push(prompt);
      return Promise.resolve(ANSWER);
    },
  }, ASKED);
  assertEquals(await llm(INPUT, signal), {
    answer: "Because.",
    usage: { input_tokens: 1, output_tokens: 2 },
    finish_reason: "stop",
  });
  assertEquals(prompts, [{
    prompt: [{ role: "user", content: [{ type: "text", text: "Why?" }] }],
    tools: [],
    abortSignal: signal,
  }]);
});

Deno.test("languageModelLlm() classifies what the model throws", async () => {
  const llm = languageModelLlm(
    failing(new RangeError("not with sk-secret-1")),
    ASKED,
  );
  const thrown = await assertRejects(
    () => llm(INPUT, new AbortController().signal),
    ModelError,
    'Cannot ask "some:model": the adapter failed with RangeError: not with [key]',
  );
  assertEquals([thrown.type, thrown.transient], ["provider_error", false]);
});

Deno.test("languageModelLlm() sends nothing once it is cancelled", async () => {
  const reason = new Error("enough");
  const llm = languageModelLlm({
    doGenerate: () => {
      throw new Error("asked");
    },
  }, ASKED);
  const thrown = await llm(INPUT, AbortSignal.abort(reason))
    .catch((error) => error);
  assertStrictEquals(thrown, reason);
});

Deno.test("languageModelLlm() takes a time limit for a transient failure", async () => {
  const limit = AbortSignal.abort(new DOMException("late", "TimeoutError"));
  const llm = languageModelLlm(failing(new Error("whatever")), ASKED);
  const thrown = await assertRejects(() => llm(INPUT, limit), ModelError);
  assertEquals([thrown.type, thrown.transient], ["timeout", true]);
});

Deno.test("languageModelLlm() takes the key out of an answer", async () => {
  const echo = {
    ...ANSWER,
    content: [
      { type: "text", text: `You sent ${ASKED.key}.` },
      {
        type: "tool-call",
        toolCallId: "a",
        toolName: "write",
        input: `{"content":"${ASKED.key.replace("k", "\\u006b")}"}`,
      },
    ],
  };
  const { signal } = new AbortController();
  const model = { doGenerate: () => Promise.resolve(echo) };
  assertEquals(await languageModelLlm(model, ASKED)(INPUT, signal), {
    calls: [{ id: "a", tool: "write", args_json: '{"content":"[key]"}' }],
    usage: { input_tokens: 1, output_tokens: 2 },
    finish_reason: "stop",
    raw: "You sent [key].",
    turn: [
      { type: "text", text: "You sent [key]." },
      { type: "call", call: 0 },
    ],
  });
  const placeholder = { name: "some:model", key: "sent" };
  const output = await languageModelLlm(model, placeholder)(INPUT, signal);
  assertEquals(output.raw, `You sent ${ASKED.key}.`);
});
