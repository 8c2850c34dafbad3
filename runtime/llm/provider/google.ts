import { createGoogle } from "npm:@ai-sdk/google@4.0.121";
import { fieldsOf } from "./fields.ts";
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
      const generated = await languageModel.doGenerate(prompt);
      const modelId = versionIn(generated.response?.body);
      const result = {
        ...generated,
        response: modelId === undefined ? {} : { modelId },
      };
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

/** The model that answered, which the package passes over. */
function versionIn(body: unknown): string | undefined {
  const version = fieldsOf(body)?.modelVersion;
  return typeof version === "string" ? version : undefined;
}
