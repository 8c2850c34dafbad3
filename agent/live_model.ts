import type { AgentModel } from "./agent_model.ts";

/** How a live model is reached. */
export interface LiveModelOptions {
  /** An `http` or `https` URL without user, query and fragment. Default: the provider's own. */
  readonly baseUrl?: string | undefined;
  /** Name of the variable of the environment that holds the key. Default: the provider's usual ones. */
  readonly keyName?: string | undefined;
  /** Goes with each request as its seed. Default: none. */
  readonly seed?: number | undefined;
}

/**
 * Opens a model by its name on the command line: `openai:MODEL`,
 * `anthropic:MODEL`, `google:MODEL`, `ollama:MODEL`, or with a base URL
 * `openai-compatible:MODEL`. The package of its provider is loaded only now, and
 * nothing is sent yet. The key reaches no record, no message and no other host.
 *
 * @throws {InputError} when the name cannot be understood, the key is not there, or
 *   the process may not reach the model
 */
export async function liveModel(
  name: string,
  options: LiveModelOptions = {},
): Promise<AgentModel> {
  const { openedModel } = await import("../cli/machine/opened_model.ts");
  const { choice, llm } = await openedModel(name, options);
  return { llm, info: choice.info };
}
