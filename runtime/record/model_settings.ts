import { z } from "../../deps.ts";

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
    system: z.optional(z.string().check(z.minLength(1))).check(
      z.describe("What the model is told before the question"),
    ),
    temperature: z.optional(z.number().check(z.minimum(0), z.maximum(2))),
    max_output_tokens: z.optional(
      z.int().check(z.minimum(1), z.maximum(2 ** 32)),
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
