import { z } from "../../deps.ts";
import { described, optionalKey } from "../../tools/data/described.ts";

/** Tokens of one answer, as the model reported them: integers from 0 to 2^32. */
export interface Usage {
  /** Tokens that the model was given. */
  readonly input_tokens: number;
  /** Those of `input_tokens` that the provider had in its cache. Default: 0. Version 2. */
  readonly cached_input_tokens?: number | undefined;
  /** Those of `input_tokens` that the provider put into its cache. Default: 0. Version 2. */
  readonly cache_write_tokens?: number | undefined;
  /** Tokens that the model wrote. */
  readonly output_tokens: number;
  /** Tokens of reasoning, counted on top of `output_tokens`. Default: 0. */
  readonly reasoning_tokens?: number | undefined;
  /** The provider's own sum; it counts when it is larger than the sum of the others. */
  readonly total_tokens?: number | undefined;
}

/** The upper bound is beyond any model and keeps the sum of a run exact. */
const tokens = z.int().check(z.minimum(0), z.maximum(2 ** 32));

/** The schema of reported usage, in a model's output, a script and a ledger. */
export const usageSchema: z.ZodMiniType<Usage> = z.strictObject({
  input_tokens: described(tokens, "Tokens that the model was given"),
  cached_input_tokens: optionalKey(
    tokens,
    "Those of input_tokens that the provider had in its cache; 0 when left out",
  ),
  cache_write_tokens: optionalKey(
    tokens,
    "Those of input_tokens that the provider put into its cache; 0 when left out",
  ),
  output_tokens: described(tokens, "Tokens that the model wrote"),
  reasoning_tokens: optionalKey(
    tokens,
    "Tokens of reasoning, on top of output_tokens; 0 when left out",
  ),
  total_tokens: optionalKey(
    tokens,
    "The provider's own sum, which counts when it is larger",
  ),
}).check(
  z.refine(
    ({ input_tokens, cached_input_tokens = 0, cache_write_tokens = 0 }) =>
      cached_input_tokens + cache_write_tokens <= Math.max(0, input_tokens),
    "cached_input_tokens and cache_write_tokens are more than the input_tokens that they are part of",
  ),
);

/**
 * How many tokens an answer counts as: the larger of the reported total and the
 * sum of its parts, since a provider may leave reasoning out of either.
 */
export function tokensOf(usage: Usage | undefined): number {
  if (usage === undefined) return 0;
  const {
    input_tokens,
    output_tokens,
    reasoning_tokens = 0,
    total_tokens = 0,
  } = usage;
  return Math.max(
    total_tokens,
    input_tokens + output_tokens + reasoning_tokens,
  );
}
