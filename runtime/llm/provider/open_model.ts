import type { Llm } from "../llm.ts";
import { type LanguageModel, languageModelLlm } from "./language_model.ts";
import { type ModelFetch, wholeResponses } from "./model_fetch.ts";
import { keyOf, type ModelChoice, type ReadVariable } from "./provider.ts";
import type { ModelServer } from "./server.ts";

/** What asking a model touches. */
export interface ModelWorld {
  /** Reads the variable that holds the key. */
  readonly env: ReadVariable;
  /** Sends the requests; it must stop when the signal aborts. */
  readonly fetch: ModelFetch;
  /** Goes with each request, to models that know what to do with it. Default: none. */
  readonly seed?: number | undefined;
}

/**
 * Makes the model that was chosen one that the loop can ask. Its provider's
 * package is loaded only now, with permission to read this project's files.
 * No request is sent yet.
 *
 * @throws {InputError} when its key is not there
 */
export async function openModel(
  choice: ModelChoice,
  { env, fetch, seed }: ModelWorld,
): Promise<Llm> {
  const key = keyOf(choice, env);
  const adapter = await ADAPTERS[choice.protocol]();
  const model = adapter({
    model: choice.info.model,
    baseUrl: choice.baseUrl,
    key,
    fetch: wholeResponses(fetch),
  });
  return languageModelLlm(model, {
    name: choice.spec,
    model: choice.info.model,
    key,
    seed,
  });
}

type Adapter = (server: ModelServer) => LanguageModel;

const ADAPTERS: Readonly<
  Record<ModelChoice["protocol"], () => Promise<Adapter>>
> = {
  async openai() {
    const module: typeof import("./openai_compatible.ts") = await import(
      new URL("./openai_compatible.ts", import.meta.url).href
    );
    return module.openaiCompatibleModel;
  },
  async anthropic() {
    const module: typeof import("./anthropic.ts") = await import(
      new URL("./anthropic.ts", import.meta.url).href
    );
    return module.anthropicModel;
  },
  async google() {
    const module: typeof import("./google.ts") = await import(
      new URL("./google.ts", import.meta.url).href
    );
    return module.googleModel;
  },
};
