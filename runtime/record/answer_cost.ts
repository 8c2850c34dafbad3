import type { Cost } from "../../policy/cost.ts";
import type { MaxCost, ModelPrices } from "../../policy/document/max_cost.ts";
import { moneyText } from "../../policy/money.ts";
import { quoted } from "../../tools/data/untrusted_text.ts";
import type { LlmCompleted } from "./event.ts";
import { modelName } from "./model_name.ts";
import { tokensOf, type Usage } from "./usage.ts";

/** Who was asked, and what the answers may cost; without the latter nothing is counted. */
export interface Pricing {
  readonly model: { readonly provider: string; readonly model: string };
  readonly max_cost: MaxCost | undefined;
}

/**
 * Adds what an answer cost. It is priced as one of the model that answered, and an
 * answer without a price is remembered as such; one without usage costs nothing,
 * like a try that failed.
 */
export function costAfter(
  cost: Cost,
  { usage, answered_by }: Pick<LlmCompleted, "usage" | "answered_by">,
  { model, max_cost }: Pricing,
): Cost {
  if (max_cost === undefined || usage === null) return cost;
  const { provider } = model;
  const name = modelName({ provider, model: answered_by ?? model.model });
  const prices = pricesOf(name, max_cost);
  const nanos = prices && answerCost(usage, prices);
  if (nanos !== undefined) return { ...cost, nanos: cost.nanos + nanos };
  const tokens = prices === undefined ? "all" : "cache_write";
  return { ...cost, unpriced: cost.unpriced ?? { model: name, tokens } };
}

/**
 * What one answer costs, exactly, in 10^-9 of the currency's unit; `undefined` when
 * it wrote to a cache and that has no price. Tokens that the provider counts in
 * its sum alone cost as much as the dearest kind.
 */
export function answerCost(
  usage: Usage,
  { input, output, ...others }: ModelPrices,
): bigint | undefined {
  const {
    input_tokens,
    cached_input_tokens: cached = 0,
    cache_write_tokens: written = 0,
    output_tokens,
    reasoning_tokens: reasoned = 0,
  } = usage;
  const { cached_input = input, reasoning = output, cache_write } = others;
  if (written > 0 && cache_write === undefined) return undefined;
  const counted = input_tokens + output_tokens + reasoned;
  const dearest = Math.max(
    input,
    output,
    cached_input,
    reasoning,
    cache_write ?? 0,
  );
  return [
    [input_tokens - cached - written, input],
    [cached, cached_input],
    [written, cache_write ?? 0],
    [output_tokens, output],
    [reasoned, reasoning],
    [tokensOf(usage) - counted, dearest],
  ].reduce(
    (sum, [tokens = 0, price = 0]) => sum + BigInt(tokens) * BigInt(price),
    0n,
  );
}

/** The cost of a run as its totals have it: `0.0125 EUR`; `null` when an answer has no price. */
export function costTotal(
  { nanos, unpriced }: Cost,
  { currency }: MaxCost,
): string | null {
  return unpriced === undefined ? moneyText(nanos, currency) : null;
}

/** Why a run under such prices cannot begin, if so: the model that it asks has none. */
export function pricingFault(
  { model, max_cost }: Pricing,
): string | undefined {
  if (max_cost === undefined) return undefined;
  const name = modelName(model);
  return pricesOf(name, max_cost) === undefined
    ? `the policy limits the cost and has no price for the model that is asked; add ${
      quoted(name)
    } to loop_budget.max_cost.prices`
    : undefined;
}

/** A name has a slash, so that none is found that every object has. */
function pricesOf(
  name: string,
  { prices }: MaxCost,
): ModelPrices | undefined {
  return prices[name];
}
