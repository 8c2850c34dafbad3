import { createGoogle } from "npm:@ai-sdk/google@4.0.121";
import type { LanguageModel } from "./language_model.ts";
import { readableAnswers } from "./readable_answers.ts";
import type { ModelServer } from "./server.ts";

/**
 * A model that is asked through Google's Gemini interface. The package is loaded
 * with this module, so this module is loaded only when such a model is asked.
 */
export function googleModel(
  { model, baseUrl, key = "", fetch }: ModelServer,
): LanguageModel {
  const languageModel = createGoogle({
    baseURL: baseUrl,
    apiKey: key,
    fetch: readableAnswers(fetch, { chat: false }),
  }).languageModel(model.split("/").map(encodeURIComponent).join("/"));
  return {
    async doGenerate(prompt) {
      const result = await languageModel.doGenerate(prompt);
      // The package counts what is missing as nothing. A model that wrote nothing
      // reports no output, but there is always a prompt.
      return typeof result.usage.raw?.promptTokenCount === "number" ? result : {
        ...result,
        usage: {
          inputTokens: { total: undefined },
          outputTokens: { total: undefined, reasoning: undefined },
        },
      };
    },
  };
}
