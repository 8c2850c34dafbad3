// The package's main entry makes a provider of its own when it is loaded, and
// looks for its address in the environment.
import { AnthropicLanguageModel } from "npm:@ai-sdk/anthropic@4.0.105/internal";
import type { LanguageModel } from "./language_model.ts";
import { readableAnswers } from "./readable_answers.ts";
import type { ModelServer } from "./server.ts";

/**
 * A model that is asked through Anthropic's Messages interface. The package is
 * loaded with this module, so this module is loaded only when such a model is
 * asked.
 */
export function anthropicModel(
  { model, baseUrl, key, fetch }: ModelServer,
): LanguageModel {
  return new AnthropicLanguageModel(model, {
    provider: "anthropic.messages",
    baseURL: baseUrl,
    headers: {
      "anthropic-version": "2023-06-01",
      ...key === undefined ? {} : { "x-api-key": key },
    },
    fetch: readableAnswers(fetch, { chat: false }),
  });
}
