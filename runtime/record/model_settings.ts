import { z } from "../../deps.ts";
import { optionalKey } from "../../tools/data/described.ts";

/** What goes with each request to a model beside the conversation. */
export interface ModelSettings {
  /** What the model is told before the question. Default: nothing. */
  readonly system?: string | undefined;
  /** How freely it chooses its words, from 0 to 2. Default: the provider's. */
  readonly temperature?: number | undefined;
  /** How many tokens one answer may have, from 1 to 2^32. Default: the provider's. */
  readonly max_output_tokens?: number | undefined;
}

/** The schema of settings, in a ledger, a cassette and a task. */
export const modelSettingsSchema: z.ZodMiniType<ModelSettings> = z.strictObject(
  {
    system: optionalKey(
      z.string().check(z.minLength(1)),
      "What the model is told before the question",
    ),
    temperature: optionalKey(
      z.number().check(z.minimum(0), z.maximum(2)),
      "How freely it chooses its words. Left out: as the provider has it",
    ),
    max_output_tokens: optionalKey(
      z.int().check(z.minimum(1), z.maximum(2 ** 32)),
      "How many tokens one answer may have. Left out: as the provider has it",
    ),
  },
);

/** The settings that say something, in one order of keys; `undefined` when none does. */
export function givenSettings(
  { system, temperature, max_output_tokens }: ModelSettings = {},
): ModelSettings | undefined {
  const given = Object.entries({ system, temperature, max_output_tokens })
    .filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}
