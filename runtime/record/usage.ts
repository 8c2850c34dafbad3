import { z } from "../../deps.ts";
import { described, optionalKey } from "../../tools/data/described.ts";
import type { Usage } from "./tokens.ts";

export { tokensOf, type Usage } from "./tokens.ts";

/** The upper bound is beyond any model and keeps the sum of a run exact. */
const tokens = z.int().check(z.minimum(0), z.maximum(2 ** 32));

/** The schema of reported usage, in a model's output, a script and a ledger. */
export const usageSchema: z.ZodMiniType<Usage> = z.strictObject({
  input_tokens: described(tokens, "Tokens that the model was given"),
  output_tokens: described(tokens, "Tokens that the model wrote"),
  reasoning_tokens: optionalKey(
    tokens,
    "Tokens of reasoning, on top of output_tokens; 0 when left out",
  ),
  total_tokens: optionalKey(
    tokens,
    "The provider's own sum, which counts when it is larger",
  ),
});
