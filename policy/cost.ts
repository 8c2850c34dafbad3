/** What the answers of a run have cost so far. */
export interface Cost {
  /** In 10^-9 of the currency's unit, over the answers that have a price. */
  readonly nanos: bigint;
  /** The first answer, or part of one, that has no price. */
  readonly unpriced?: Unpriced | undefined;
}

/** Tokens for which the policy has no price. */
export interface Unpriced {
  /** The model that answered, as `provider/model`. */
  readonly model: string;
  /** `cache_write` where the rest of the answer has a price. */
  readonly tokens: "all" | "cache_write";
}

/** Before the first answer. */
export const NO_COST: Cost = { nanos: 0n };
