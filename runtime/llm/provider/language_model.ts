import { type ModelNames, modelNames } from "../../../tools/model_names.ts";
import type { Llm, LlmInput, LlmOutput, Message } from "../llm.ts";
import { type Asked, modelErrorOf } from "./api_error.ts";
import { modelOutput, type ModelResult } from "./model_output.ts";
import { type ModelPrompt, offeredTools, promptOf } from "./prompt.ts";
import { withoutKey } from "./without_key.ts";

/**
 * A model of a provider package, as far as it is used: the interface
 * `LanguageModelV4` of `@ai-sdk/provider`. `doGenerate` sends one request and
 * retries nothing.
 */
export interface LanguageModel {
  /** Asks the model once. */
  doGenerate(prompt: ModelPrompt): PromiseLike<ModelResult>;
}

/**
 * Makes a model of any provider one that the loop can ask.
 *
 * Tools whose names providers refuse, such as `fs.read`, have others for the model:
 * see `modelNames`. What it gives back has the names of policy and record again.
 *
 * It throws a `ModelError` when the model could not be asked or its answer could
 * not be read, and the signal's reason when the run was cancelled, unless that
 * reason is a `TimeoutError`. `modelOutput` says how an answer is read. The key
 * is removed from it, even if the server wrote it there.
 */
export function languageModelLlm(
  model: LanguageModel,
  asked: Asked & {
    readonly seed?: number | undefined;
    /** The model's name in the provider's words. Default: which model answered is not told. */
    readonly model?: string | undefined;
  },
): Llm {
  const seeded = asked.seed === undefined ? {} : { seed: asked.seed };
  return async ({ messages, tools, settings = {} }, signal) => {
    try {
      signal.throwIfAborted();
      const { system, temperature, max_output_tokens } = settings;
      const names = namesIn({ messages, tools });
      const result = await model.doGenerate({
        prompt: promptOf(messages.map((each) => named(each, names)), system),
        tools: offeredTools(
          tools.map((tool) => ({ ...tool, name: names.forModel(tool.name) })),
        ),
        abortSignal: signal,
        ...seeded,
        ...temperature === undefined ? {} : { temperature },
        ...max_output_tokens === undefined
          ? {}
          : { maxOutputTokens: max_output_tokens },
      });
      const output = {
        ...onRecord(modelOutput(result), names),
        ...another(result, asked.model),
      };
      return unlocked(output, asked.key);
    } catch (error) {
      if (signal.aborted && !isTimeout(signal.reason)) throw signal.reason;
      throw modelErrorOf(signal.aborted ? signal.reason : error, asked);
    }
  };
}

/** The names of the tools of a request: those that are offered, and those that were called before. */
function namesIn(
  { messages, tools }: Pick<LlmInput, "messages" | "tools">,
): ModelNames {
  return modelNames([
    ...tools.map(({ name }) => name),
    ...messages.flatMap((message) =>
      message.role === "assistant" ? message.calls.map(({ tool }) => tool) : []
    ),
  ]);
}

/** A turn of the conversation, with tools as the model knows them. */
function named(message: Message, { forModel }: ModelNames): Message {
  switch (message.role) {
    case "user":
      return message;
    case "assistant":
      return {
        ...message,
        calls: message.calls.map((call) => ({
          ...call,
          tool: forModel(call.tool),
        })),
      };
    case "tool":
      return { ...message, tool: forModel(message.tool) };
  }
}

/** What a model gave back, with tools as policy and record know them. */
function onRecord(output: LlmOutput, { fromModel }: ModelNames): LlmOutput {
  const { calls } = output;
  return calls === undefined ? output : {
    ...output,
    calls: calls.map((call) => ({ ...call, tool: fromModel(call.tool) })),
  };
}

/** The model that answered, where the provider names another one than was asked. */
function another(
  { response }: ModelResult,
  asked: string | undefined,
): Pick<LlmOutput, "model"> {
  const model = response?.modelId ?? "";
  return asked === undefined || model === "" || model === asked
    ? {}
    : { model };
}

/** Shorter keys are words, or placeholders for servers that need no key. */
const MIN_KEY_LENGTH = 8;

/** A server may write the key that it was sent into its answer, which is recorded. */
function unlocked(output: LlmOutput, key = ""): LlmOutput {
  if (key.length < MIN_KEY_LENGTH) return output;
  const text = JSON.stringify(output);
  const cleaned = withoutKey(text, key);
  return cleaned === text ? output : JSON.parse(cleaned);
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof Error && reason.name === "TimeoutError";
}
