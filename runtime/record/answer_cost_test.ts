import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { NO_COST } from "../../policy/cost.ts";
import {
  answerCost,
  costAfter,
  costTotal,
  pricingFault,
} from "./answer_cost.ts";
import { tokensOf, type Usage } from "./usage.ts";

const PRICES = {
  input: 100,
  output: 1_000,
  cached_input: 10,
  cache_write: 125,
  reasoning: 2_000,
};
const PLAIN = { input: 100, output: 1_000 };

for (
  const { what, usage, prices = PRICES, nanos } of [
    {
      what: "nothing",
      usage: { input_tokens: 0, output_tokens: 0 },
      nanos: 0n,
    },
    {
      what: "input and output",
      usage: { input_tokens: 3, output_tokens: 2 },
      nanos: 2_300n,
    },
    {
      what: "cached input, at its own price",
      usage: { input_tokens: 3, cached_input_tokens: 2, output_tokens: 0 },
      nanos: 120n,
    },
    {
      what: "cached input as any other",
      prices: PLAIN,
      usage: { input_tokens: 3, cached_input_tokens: 2, output_tokens: 0 },
      nanos: 300n,
    },
    {
      what: "writing to a cache",
      usage: {
        input_tokens: 9,
        cached_input_tokens: 3,
        cache_write_tokens: 4,
        output_tokens: 0,
      },
      nanos: 730n,
    },
    {
      what: "reasoning on top of the output",
      usage: { input_tokens: 0, output_tokens: 2, reasoning_tokens: 1 },
      nanos: 4_000n,
    },
    {
      what: "reasoning like output",
      prices: PLAIN,
      usage: { input_tokens: 0, output_tokens: 2, reasoning_tokens: 1 },
      nanos: 3_000n,
    },
    {
      what: "what is in the sum alone, at the highest price",
      usage: { input_tokens: 1, output_tokens: 1, total_tokens: 4 },
      nanos: 5_100n,
    },
    {
      what: "a sum that is too small, by its parts",
      usage: { input_tokens: 1, output_tokens: 1, total_tokens: 1 },
      nanos: 1_100n,
    },
    {
      what: "more than a number can hold, exactly",
      prices: { input: 10 ** 12, output: 10 ** 12 - 1 },
      usage: { input_tokens: 2 ** 32, output_tokens: 2 ** 32 },
      nanos: 2n ** 32n * (2n * 10n ** 12n - 1n),
    },
  ]
) {
  Deno.test(`answerCost() counts ${what}`, () => {
    assertEquals(answerCost(usage, prices), nanos);
  });
}

Deno.test("answerCost() knows no price of writing to a cache but the policy's", () => {
  const usage = { input_tokens: 3, cache_write_tokens: 1, output_tokens: 1 };
  assertEquals(answerCost(usage, PLAIN), undefined);
  assertEquals(answerCost({ ...usage, cache_write_tokens: 0 }, PLAIN), 1_300n);
});

const tokens = fc.oneof(fc.nat({ max: 30 }), fc.nat({ max: 2 ** 31 - 1 }));
const price = fc.oneof(fc.nat({ max: 9 }), fc.maxSafeNat());
const optional = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.option(arbitrary, { nil: undefined });

const usages: fc.Arbitrary<Usage> = fc.record({
  fresh: tokens,
  cached_input_tokens: optional(tokens),
  cache_write_tokens: optional(tokens),
  output_tokens: tokens,
  reasoning_tokens: optional(tokens),
  total_tokens: optional(tokens),
}).map(({ fresh, cached_input_tokens, cache_write_tokens, ...others }) => ({
  input_tokens: fresh + (cached_input_tokens ?? 0) + (cache_write_tokens ?? 0),
  cached_input_tokens,
  cache_write_tokens,
  ...others,
}));
const priceLists = fc.record({
  input: price,
  output: price,
  cached_input: optional(price),
  cache_write: price,
  reasoning: optional(price),
});

Deno.test("answerCost() is the sum of its parts, each at its price", () => {
  fc.assert(fc.property(usages, priceLists, (usage, prices) => {
    const {
      cached_input_tokens: cached = 0,
      cache_write_tokens: written = 0,
      reasoning_tokens: reasoned = 0,
      total_tokens = 0,
    } = usage;
    const { cached_input = prices.input, reasoning = prices.output } = prices;
    const kinds: [number, number][] = [
      [usage.input_tokens - cached - written, prices.input],
      [cached, cached_input],
      [written, prices.cache_write],
      [usage.output_tokens, prices.output],
      [reasoned, reasoning],
    ];
    const known = kinds.reduce((sum, [count]) => sum + count, 0);
    const dearest = Math.max(...kinds.map(([, each]) => each));
    kinds.push([Math.max(0, total_tokens - known), dearest]);
    let sum = 0n;
    for (const [count, each] of kinds) sum += BigInt(count) * BigInt(each);
    assertEquals(answerCost(usage, prices), sum);
  }));
});

Deno.test("answerCost() never counts a token as less than the cheapest, or as more than the dearest", () => {
  fc.assert(fc.property(usages, priceLists, (usage, prices) => {
    const given = Object.values(prices).filter((each) => each !== undefined);
    const all = BigInt(tokensOf(usage));
    const cost = answerCost(usage, prices);
    if (cost === undefined) throw new Error("The answer has no price");
    assert(cost >= all * BigInt(Math.min(...given)));
    assert(cost <= all * BigInt(Math.max(...given)));
  }));
});

Deno.test("answerCost() does not fall when a model uses one token more", () => {
  const kinds = [
    "input_tokens",
    "output_tokens",
    "reasoning_tokens",
  ] as const;
  fc.assert(
    fc.property(
      usages,
      priceLists,
      fc.constantFrom(...kinds),
      (usage, prices, kind) => {
        const more = { ...usage, [kind]: (usage[kind] ?? 0) + 1 };
        // A sum that knew of it already would be no more than it was.
        const counted = { ...more, total_tokens: undefined };
        const before = { ...usage, total_tokens: undefined };
        const [less, now] = [
          answerCost(before, prices),
          answerCost(counted, prices),
        ];
        assert(less !== undefined && now !== undefined && less <= now);
      },
    ),
  );
});

const MAX_COST = {
  amount: "1.50",
  currency: "EUR",
  prices: { "openai/gpt-x": PLAIN, "openai/gpt-x-2026": PRICES },
};
const PRICING = {
  model: { provider: "openai", model: "gpt-x" },
  max_cost: MAX_COST,
};
const USAGE = { input_tokens: 3, output_tokens: 2 };

Deno.test("costAfter() adds each answer at the price of the model that answered", () => {
  const first = costAfter(NO_COST, { usage: USAGE }, PRICING);
  assertEquals(first, { nanos: 2_300n });
  const usage = { ...USAGE, reasoning_tokens: 1 };
  const second = costAfter(
    first,
    { usage, answered_by: "gpt-x-2026" },
    PRICING,
  );
  assertEquals(second, { nanos: 6_600n });
  assertEquals(costTotal(second, MAX_COST), "0.0000066 EUR");
});

Deno.test("costAfter() counts nothing without a limit, and nothing without usage", () => {
  const unlimited = { ...PRICING, max_cost: undefined };
  assertEquals(costAfter(NO_COST, { usage: USAGE }, unlimited), NO_COST);
  assertEquals(costAfter(NO_COST, { usage: null }, PRICING), NO_COST);
});

for (const name of ["gpt-y", "constructor", "../openai/gpt-x"]) {
  Deno.test(`costAfter() remembers an answer of ${name}, which has no price`, () => {
    const dear = { nanos: 7n };
    const unpriced = { model: `openai/${name}`, tokens: "all" } as const;
    const cost = costAfter(dear, { usage: USAGE, answered_by: name }, PRICING);
    assertEquals(cost, { nanos: 7n, unpriced });
    assertEquals(costTotal(cost, MAX_COST), null);
    const later = costAfter(cost, { usage: USAGE }, PRICING);
    assertEquals(later, { nanos: 2_307n, unpriced });
    assertEquals(costTotal(later, MAX_COST), null);
  });
}

Deno.test("costAfter() remembers that writing to a cache has no price", () => {
  const usage = { ...USAGE, cache_write_tokens: 1 };
  assertEquals(costAfter(NO_COST, { usage }, PRICING), {
    nanos: 0n,
    unpriced: { model: "openai/gpt-x", tokens: "cache_write" },
  });
});

Deno.test("pricingFault() is about a limit and a model without a price", () => {
  assertEquals(pricingFault(PRICING), undefined);
  const model = { provider: "openai", model: "gpt-y" };
  assertEquals(pricingFault({ model, max_cost: undefined }), undefined);
  assertEquals(
    pricingFault({ ...PRICING, model }),
    'the policy limits the cost and has no price for the model that is asked; add "openai/gpt-y" to loop_budget.max_cost.prices',
  );
});
