import type { Usage } from "../../record/usage.ts";

/** Tokens as the provider packages count them: what was not reported is `undefined`. */
export interface ModelUsage {
  readonly inputTokens: { readonly total: number | undefined };
  readonly outputTokens: {
    /** With reasoning, mostly. */
    readonly total: number | undefined;
    readonly reasoning: number | undefined;
  };
  /** The provider's own words. */
  readonly raw?: { readonly [key: string]: unknown } | undefined;
}

/**
 * Counts each token once: reasoning is taken out of the output that contains it.
 * Usage without input or output counts as missing. Impossible numbers are passed
 * on, for the loop to refuse.
 */
export function modelUsage(
  { inputTokens, outputTokens, raw }: ModelUsage,
): Usage | undefined {
  const { total: written, reasoning } = outputTokens;
  if (inputTokens.total === undefined || written === undefined) return;
  const total = raw?.total_tokens ?? raw?.totalTokenCount;
  return {
    input_tokens: inputTokens.total,
    ...reasoning === undefined ? { output_tokens: written } : {
      output_tokens: reasoning > 0 && reasoning <= written
        ? written - reasoning
        : written,
      reasoning_tokens: reasoning,
    },
    ...typeof total === "number" ? { total_tokens: total } : {},
  };
}
