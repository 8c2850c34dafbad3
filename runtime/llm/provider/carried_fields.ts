import { z } from "../../../deps.ts";
import type { ModelResult } from "./model_output.ts";

/** The parts of a Chat Completions answer that may carry extra fields. */
const answered = z.looseObject({
  choices: z.tuple([
    z.looseObject({
      message: z.looseObject({
        tool_calls: z.nullish(z.array(z.looseObject({}))),
      }),
    }),
  ], z.unknown()),
});

/**
 * Fields that servers want to have back as they sent them: DeepSeek and others
 * `reasoning_content`, OpenRouter `reasoning_details`, Google `extra_content` with
 * a thought signature, LiteLLM `thinking_blocks` and `provider_specific_fields`.
 */
const CARRIED =
  /^(reasoning|thinking|thought)|signature|^(extra_content|provider_specific_fields)$/;

/** Under this name the package puts what it is given into the request. */
const PACKAGE = "openaiCompatible";

/**
 * Adds the fields beside the text and the calls to what the package made of an
 * answer, word for word: the package knows few of these fields, and sends
 * `reasoning` back under another name.
 */
export function withCarriedFields(
  result: ModelResult,
  body: unknown,
): ModelResult {
  const parsed = answered.safeParse(body);
  if (!parsed.success) return result;
  const { message } = parsed.data.choices[0];
  const { content } = message;
  const whole = {
    ...carried(message),
    // Text and reasoning in parts of one list go back as that list.
    ...Array.isArray(content) ? { content } : {},
  };
  let calls = 0;
  return {
    ...result,
    ...Object.keys(whole).length === 0 ? {} : { message: { [PACKAGE]: whole } },
    content: result.content.map((part) => {
      if (part.type !== "tool-call") return part;
      const { providerMetadata: _known, ...plain } = part;
      const fields = carried(message.tool_calls?.[calls++] ?? {});
      return Object.keys(fields).length === 0
        ? plain
        : { ...plain, providerMetadata: { [PACKAGE]: fields } };
    }),
  };
}

function carried(
  fields: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(fields).filter(([name, value]) =>
      CARRIED.test(name) && !isNothing(value)
    ),
  );
}

function isNothing(value: unknown): boolean {
  return value === null || value === "" ||
    Array.isArray(value) && value.length === 0;
}
