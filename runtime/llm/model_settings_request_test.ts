import { assertEquals, assertObjectMatch } from "@std/assert";
import { anthropicModel } from "./provider/anthropic.ts";
import { googleModel } from "./provider/google.ts";
import { languageModelLlm } from "./provider/language_model.ts";
import { openaiCompatibleModel } from "./provider/openai_compatible.ts";

const SETTINGS = {
  system: "Be brief.",
  temperature: 0.5,
  max_output_tokens: 99,
};

for (
  const { id, adapter, host = "models.example", want } of [
    {
      id: "Chat Completions",
      adapter: openaiCompatibleModel,
      want: {
        temperature: 0.5,
        max_tokens: 99,
        messages: [
          { role: "system", content: "Be brief." },
          { role: "user", content: "?" },
        ],
      },
    },
    {
      id: "OpenAI itself",
      adapter: openaiCompatibleModel,
      host: "api.openai.com",
      want: { temperature: 0.5, max_completion_tokens: 99 },
    },
    {
      id: "Anthropic",
      adapter: anthropicModel,
      want: {
        temperature: 0.5,
        max_tokens: 99,
        system: [{ type: "text", text: "Be brief." }],
      },
    },
    {
      id: "Google",
      adapter: googleModel,
      want: {
        generationConfig: { temperature: 0.5, maxOutputTokens: 99 },
        systemInstruction: { parts: [{ text: "Be brief." }] },
      },
    },
  ]
) {
  Deno.test(`what a user sets goes with the request to ${id}`, async () => {
    const bodies: string[] = [];
    const model = adapter({
      model: "any",
      baseUrl: `https://${host}/v1`,
      key: "some-key-0",
      fetch: (_, init) => {
        bodies.push(String(init?.body));
        return Promise.resolve(new Response("", { status: 400 }));
      },
    });
    const ask = (more: object) =>
      languageModelLlm(model, { name: "any" })({
        step: 1,
        messages: [{ role: "user", content: "?" }],
        tools: [],
        ...more,
      }, new AbortController().signal).catch(() => undefined);
    await ask({ settings: SETTINGS });
    await ask({});
    assertObjectMatch(JSON.parse(bodies[0] ?? ""), want);
    for (const word of ["Be brief.", "temperature", "max_completion_tokens"]) {
      assertEquals(bodies[1]?.includes(word), false);
    }
  });
}
