import { NO_COST } from "../cost.ts";
import { assertEquals } from "@std/assert";
import { answerBudget, denialBudget, iterationBudget } from "./loop_budget.ts";

const LIMITS = { max_iterations: 10, max_tokens: 100, max_tool_calls: 4 };
const SPENT = {
  iterations: 0,
  tokens: 0,
  cost: NO_COST,
  toolCalls: 0,
  seconds: 0,
};

for (const iterations of [0, 1, 9]) {
  Deno.test(`iterationBudget() allows a step after ${iterations} of 10`, () => {
    assertEquals(iterationBudget(LIMITS, { ...SPENT, iterations }), undefined);
  });
}

for (const iterations of [10, 11]) {
  Deno.test(`iterationBudget() denies a step after ${iterations} of 10`, () => {
    assertEquals(iterationBudget(LIMITS, { ...SPENT, iterations }), {
      rule: "loop_budget",
      reason: "the run has used its 10 iterations",
      metadata: { limit_kind: "iterations", iterations, max_iterations: 10 },
    });
  });
}

Deno.test("iterationBudget() looks at nothing but iterations", () => {
  const spent = {
    ...{ iterations: 9, tokens: 1e9, toolCalls: 1e9, seconds: 1e9 },
    cost: { nanos: 10n ** 30n },
  };
  assertEquals(iterationBudget(LIMITS, spent), undefined);
});

for (
  const { tokens, toolCalls, proposed } of [
    { tokens: 0, toolCalls: 0, proposed: 1 },
    { tokens: 100, toolCalls: 0, proposed: 4 },
    { tokens: 100, toolCalls: 3, proposed: 1 },
    { tokens: 100, toolCalls: 4, proposed: 0 },
  ]
) {
  Deno.test(`answerBudget() allows ${tokens} tokens and ${toolCalls} + ${proposed} calls`, () => {
    const spent = { ...SPENT, iterations: 99, tokens, toolCalls };
    assertEquals(answerBudget(LIMITS, spent, proposed), undefined);
  });
}

Deno.test("answerBudget() denies more tokens than max_tokens", () => {
  assertEquals(answerBudget(LIMITS, { ...SPENT, tokens: 101 }, 0), {
    rule: "loop_budget",
    reason: "the run has used 101 tokens; 100 are allowed",
    metadata: { limit_kind: "tokens", tokens: 101, max_tokens: 100 },
  });
});

Deno.test("answerBudget() denies a number of tokens that is none", () => {
  const denial = answerBudget(LIMITS, { ...SPENT, tokens: NaN }, 0);
  assertEquals(denial?.metadata.limit_kind, "tokens");
});

for (
  const { toolCalls, proposed } of [
    { toolCalls: 0, proposed: 5 },
    { toolCalls: 4, proposed: 1 },
    { toolCalls: 3, proposed: 2 },
  ]
) {
  Deno.test(`answerBudget() denies ${toolCalls} + ${proposed} calls of 4`, () => {
    assertEquals(answerBudget(LIMITS, { ...SPENT, toolCalls }, proposed), {
      rule: "loop_budget",
      reason: `the answer would bring the run to ${
        toolCalls + proposed
      } proposed tool calls; 4 are allowed`,
      metadata: {
        limit_kind: "tool_calls",
        tool_calls: toolCalls + proposed,
        max_tool_calls: 4,
      },
    });
  });
}

Deno.test("answerBudget() names tokens before tool calls", () => {
  const denial = answerBudget(LIMITS, { ...SPENT, tokens: 101 }, 99);
  assertEquals(denial?.metadata.limit_kind, "tokens");
});

Deno.test("answerBudget() has no limit that the policy leaves out", () => {
  const spent = {
    iterations: 1,
    tokens: 1e9,
    cost: { nanos: 10n ** 30n },
    toolCalls: 1e9,
    seconds: 1e9,
  };
  assertEquals(answerBudget({ max_iterations: 1 }, spent, 1e9), undefined);
});

for (
  const { denials, max_denials, over } of [
    { denials: 2, max_denials: 2, over: false },
    { denials: 3, max_denials: 2, over: true },
    { denials: 10, max_denials: undefined, over: false },
    { denials: 11, max_denials: undefined, over: true },
  ]
) {
  Deno.test(`denialBudget() ${over ? "ends" : "lets"} a run with ${denials} denials, ${max_denials ?? "nothing"} said`, () => {
    const found = denialBudget({ max_iterations: 9, max_denials }, denials);
    assertEquals(
      found?.metadata,
      over
        ? { limit_kind: "denials", denials, max_denials: max_denials ?? 10 }
        : undefined,
    );
  });
}

for (
  const { seconds, want } of [
    { seconds: 0, want: undefined },
    { seconds: 60, want: undefined },
    { seconds: 60.5, want: 60 },
    { seconds: 3600, want: 3600 },
  ]
) {
  Deno.test(`both budgets ${want === undefined ? "allow" : "deny"} ${seconds} of 60 seconds`, () => {
    const limits = { ...LIMITS, max_seconds: 60 };
    const denial = want === undefined ? undefined : {
      rule: "loop_budget",
      reason: "the run has taken more than its 60 seconds",
      metadata: { limit_kind: "seconds", seconds: want, max_seconds: 60 },
    };
    assertEquals(iterationBudget(limits, { ...SPENT, seconds }), denial);
    assertEquals(answerBudget(limits, { ...SPENT, seconds }, 1), denial);
  });
}

const COST_LIMITS = {
  max_iterations: 10,
  max_tool_calls: 4,
  max_cost: {
    amount: "1.50",
    currency: "EUR",
    prices: { "a/b": { input: 1, output: 1 } },
  },
};

for (const nanos of [0n, 1_499_999_999n, 1_500_000_000n]) {
  Deno.test(`answerBudget() allows a cost of ${nanos} of 10^-9`, () => {
    const spent = { ...SPENT, cost: { nanos } };
    assertEquals(answerBudget(COST_LIMITS, spent, 1), undefined);
  });
}

Deno.test("answerBudget() denies what has cost 10^-9 more than max_cost", () => {
  const spent = { ...SPENT, cost: { nanos: 1_500_000_001n } };
  assertEquals(answerBudget(COST_LIMITS, spent, 99), {
    rule: "loop_budget",
    reason: "the run has cost 1.500000001 EUR; 1.50 EUR are allowed",
    metadata: {
      limit_kind: "cost",
      cost: "1.500000001 EUR",
      max_cost: "1.50 EUR",
    },
  });
});

for (
  const { tokens, reason } of [
    {
      tokens: "all",
      reason:
        'the policy has no price for an answer of "a/c\\u001b", and limits the cost to 1.50 EUR',
    },
    {
      tokens: "cache_write",
      reason:
        'the policy has no price for writing to the cache of "a/c\\u001b", and limits the cost to 1.50 EUR',
    },
  ] as const
) {
  Deno.test(`answerBudget() denies what has no price: ${tokens}`, () => {
    const unpriced = { model: "a/c\u001b", tokens };
    const spent = { ...SPENT, cost: { nanos: 0n, unpriced } };
    assertEquals(answerBudget(COST_LIMITS, spent, 1), {
      rule: "loop_budget",
      reason,
      metadata: {
        limit_kind: "cost",
        model: "a/c\u001b",
        unpriced: tokens,
        max_cost: "1.50 EUR",
      },
    });
    assertEquals(answerBudget({ max_iterations: 1 }, spent, 1), undefined);
  });
}
