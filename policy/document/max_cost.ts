import { z } from "../../deps.ts";
import { described, optionalKey } from "../../tools/data/described.ts";
import { AMOUNT, nanosOf } from "../money.ts";

/** What the answers of a run may cost, and what a token costs. */
export interface MaxCost {
  /** More than nothing, in the currency's unit: `1.50`, with up to nine places. */
  readonly amount: string;
  /** Three capital letters, as in ISO 4217: `EUR`. Nothing is converted. */
  readonly currency: string;
  /** Prices by model, `provider/model` as the record names both; at least one. */
  readonly prices: Readonly<Record<string, ModelPrices>>;
}

/** What one token costs: integers from 0 to 10^12, in 10^-9 of the currency's unit. */
export interface ModelPrices {
  /** Of a token that the model is given. */
  readonly input: number;
  /** Of a token that the model writes. */
  readonly output: number;
  /** Of an input token that the provider had in its cache. Default: as `input`. */
  readonly cached_input?: number | undefined;
  /**
   * Of an input token that the provider put into its cache. Default: none, and an
   * answer that wrote to a cache has no price.
   */
  readonly cache_write?: number | undefined;
  /** Of a token of reasoning. Default: as `output`. */
  readonly reasoning?: number | undefined;
}

/** Far more than any token costs. */
const MAX_PRICE = 10 ** 12;

const PRICE =
  "expected a whole number from 0 to 1000000000000: the price of one token in 10^-9 of the currency's unit";

const price = z.int({
  error: ({ input }) => input === undefined ? undefined : PRICE,
}).check(z.minimum(0, PRICE), z.maximum(MAX_PRICE, PRICE));

const amount = z.string({
  error: ({ input }) =>
    input === undefined
      ? undefined
      : 'expected an amount in quotes, with a point and up to nine places: "1.50"',
}).check(
  z.regex(AMOUNT, {
    error:
      'expected an amount with a point and up to nine places, such as "1.50"',
    abort: true,
  }),
  z.refine(
    (text) => nanosOf(text) > 0n,
    "a limit must be more than nothing",
  ),
);

const currency = z.string().check(
  z.regex(
    /^[A-Z]{3}$/,
    "expected a currency in three capital letters, such as EUR",
  ),
);

const MODEL_NAME = /^[^/\s][^/]*\/.*\S.*$/;

const modelPrices: z.ZodMiniType<ModelPrices> = z.strictObject({
  input: described(price, "Price of a token that the model is given"),
  output: described(price, "Price of a token that the model writes"),
  cached_input: optionalKey(
    price,
    "Price of an input token that the provider had in its cache. Left out: as input",
  ),
  cache_write: optionalKey(
    price,
    "Price of an input token that the provider put into its cache. Left out: an answer that did so has no price",
  ),
  reasoning: optionalKey(
    price,
    "Price of a token of reasoning. Left out: as output",
  ),
});

const prices = z.record(z.string(), modelPrices).check(
  ({ value, issues }) => {
    const names = Object.keys(value);
    if (names.length === 0) {
      issues.push({
        code: "custom",
        input: value,
        message: "expected the prices of at least one model",
      });
    }
    for (const name of names.filter((each) => !MODEL_NAME.test(each))) {
      issues.push({
        code: "custom",
        input: value,
        path: [name],
        message:
          "expected the name of a model as provider/model, such as openai/gpt-5",
      });
    }
  },
);

/** The schema of `loop_budget.max_cost`. */
export const maxCost: z.ZodMiniType<MaxCost> = z.strictObject({
  amount: described(
    amount,
    "What the answers of a run may cost, in the currency's unit, as text in quotes",
  ),
  currency: described(
    currency,
    "Currency of the amount and of the prices; nothing is converted",
  ),
  prices: described(
    prices,
    "Prices by model, as provider/model, in whole numbers of 10^-9 of the currency's unit per token; a model without a price is not asked, and calls of its answers do not run",
  ),
});
