import { z } from "../../deps.ts";
import { described, optionalKey } from "../../tools/data/described.ts";
import type { Usage } from "./tokens.ts";

export { tokensOf, type Usage } from "./tokens.ts";

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
