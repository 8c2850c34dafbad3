import { createOpenAICompatible } from "npm:@ai-sdk/openai-compatible@3.0.92";
import { withCarriedFields } from "./carried_fields.ts";
import { readableAnswers } from "./readable_answers.ts";
import type { LanguageModel } from "./language_model.ts";
import type { ModelServer } from "./server.ts";

/**
 * A model that is asked through the Chat Completions interface, which OpenAI,
 * Ollama, llama.cpp, vLLM and others offer. The package is loaded with this
 * module, so this module is loaded only when such a model is asked.
 */
export function openaiCompatibleModel(
  { model, baseUrl, key, fetch }: ModelServer,
): LanguageModel {
  const provider = createOpenAICompatible({
    name: "openai-compatible",
    baseURL: baseUrl,
    fetch: readableAnswers(fetch, { chat: true }),
    ...key === undefined ? {} : { apiKey: key },
    // OpenAI's own models that think take the limit under its newer name only.
    transformRequestBody: ({ max_tokens, ...body }) =>
      max_tokens === undefined
        ? body
        : new URL(baseUrl).hostname === "api.openai.com"
        ? { ...body, max_completion_tokens: max_tokens }
        : { ...body, max_tokens },
    // The package's own conversion counts what is missing as nothing.
    convertUsage: (usage) => ({
      inputTokens: {
        total: usage?.prompt_tokens ?? undefined,
        noCache: undefined,
        cacheRead: usage?.prompt_tokens_details?.cached_tokens ?? undefined,
        // Some routers tell it; OpenAI itself asks nothing for it.
        cacheWrite: numberOf(usage?.prompt_tokens_details?.cache_write_tokens),
      },
      outputTokens: {
        total: usage?.completion_tokens ?? undefined,
        text: undefined,
        reasoning: usage?.completion_tokens_details?.reasoning_tokens ??
          undefined,
      },
      raw: { total_tokens: usage?.total_tokens ?? null },
    }),
  });
  const chatModel = provider.chatModel(model);
  return {
    async doGenerate(prompt) {
      const result = await chatModel.doGenerate(prompt);
      return withCarriedFields(result, result.response?.body);
    },
  };
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
