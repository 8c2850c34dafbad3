import type { Usage } from "../../record/usage.ts";

/** Tokens as the provider packages count them: what was not reported is `undefined`. */
export interface ModelUsage {
  readonly inputTokens: {
    /** With those of the cache. */
    readonly total: number | undefined;
    /** Taken from the provider's cache. */
    readonly cacheRead?: number | undefined;
    /** Put into the provider's cache. */
    readonly cacheWrite?: number | undefined;
  };
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
 * Tokens of a cache are part of the input; they are stated when there are any.
 * Usage without input or output counts as missing. Impossible numbers are passed
 * on, for the loop to refuse.
 */
export function modelUsage(
  { inputTokens, outputTokens, raw }: ModelUsage,
): Usage | undefined {
  const { total: written, reasoning } = outputTokens;
  if (inputTokens.total === undefined || written === undefined) return;
  const { cacheRead = 0, cacheWrite = 0 } = inputTokens;
  const total = raw?.total_tokens ?? raw?.totalTokenCount;
  return {
    input_tokens: inputTokens.total,
    ...cacheRead === 0 ? {} : { cached_input_tokens: cacheRead },
    ...cacheWrite === 0 ? {} : { cache_write_tokens: cacheWrite },
    ...reasoning === undefined ? { output_tokens: written } : {
      output_tokens: reasoning > 0 && reasoning <= written
        ? written - reasoning
        : written,
      reasoning_tokens: reasoning,
    },
    ...typeof total === "number" ? { total_tokens: total } : {},
  };
}
