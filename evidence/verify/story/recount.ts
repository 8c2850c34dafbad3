import { type Cost, NO_COST } from "../../../policy/cost.ts";
import {
  costAfter,
  costTotal,
  type Pricing,
} from "../../../runtime/record/answer_cost.ts";
import { effectOf } from "../../../runtime/record/effect_of.ts";
import type {
  RunEvent,
  RunStarted,
  RunTotals,
} from "../../../runtime/record/event.ts";
import { NO_TOTALS } from "../../../runtime/record/run_totals.ts";
import { tokensOf } from "../../../runtime/record/usage.ts";
import { quoted } from "../../../tools/data/untrusted_text.ts";
import { mayHaveKey } from "../../policy_key.ts";
import type { EventCheck, EventFault } from "../event_check.ts";
import type { PolicyReader } from "../policy_reader.ts";

/** What the events of a run add up to so far. */
export interface Counted {
  readonly totals: RunTotals;
  readonly cost: Cost;
  /**
   * What the first event says of prices. `undefined` before it; `unread` when its
   * policy may limit the cost, and there is nothing that reads policies.
   */
  readonly pricing: Pricing | "unread" | undefined;
}

/** Before the first event. */
export const NOTHING_COUNTED: Counted = {
  totals: NO_TOTALS,
  cost: NO_COST,
  pricing: undefined,
};

/**
 * Checks that the totals of a run match its events. The prices are those of the
 * policy on record; without `policies` the cost is not checked where there may be
 * prices, and that is reported.
 */
export function recount(policies: PolicyReader | undefined): EventCheck {
  let counted = NOTHING_COUNTED;
  let lost = false;
  return {
    push(event) {
      if (lost) return [];
      counted = countedAfter(counted, event, policies);
      if (event.type !== "run_finished") return [];
      return totalsFaults(event.totals, counted);
    },
    lose() {
      lost = true;
    },
  };
}

/** Counts the next event. */
export function countedAfter(
  counted: Counted,
  event: RunEvent,
  policies: PolicyReader | undefined,
): Counted {
  const { cost, pricing } = counted;
  const isPriced = typeof pricing === "object" &&
    event.type === "llm_completed";
  return {
    totals: totalsAfter(counted.totals, event),
    cost: isPriced ? costAfter(cost, event, pricing) : cost,
    pricing: event.type === "run_started"
      ? pricingOf(event, policies)
      : pricing,
  };
}

/** The totals that the counted events come to, without a cost that is unread. */
export function countedTotals({ totals, cost, pricing }: Counted): RunTotals {
  const max_cost = typeof pricing === "object" ? pricing.max_cost : undefined;
  return max_cost === undefined
    ? totals
    : { ...totals, cost: costTotal(cost, max_cost) };
}

function pricingOf(
  { policy, llm }: RunStarted,
  policies: PolicyReader | undefined,
): Counted["pricing"] {
  if (policies === undefined && mayHaveKey(policy.text, "max_cost")) {
    return "unread";
  }
  return { model: llm, max_cost: policies?.maxCost(policy.text) };
}

function totalsAfter(totals: RunTotals, event: RunEvent): RunTotals {
  switch (event.type) {
    case "step_started":
      return { ...totals, steps: totals.steps + 1 };
    case "llm_completed":
      return {
        ...totals,
        llm_calls: totals.llm_calls + 1,
        tokens: totals.tokens + tokensOf(event.usage ?? undefined),
      };
    case "policy_checked":
      return {
        ...totals,
        policy_checks: totals.policy_checks + 1,
        denials: totals.denials + (effectOf(event) === "deny" ? 1 : 0),
      };
    case "tool_started":
      return { ...totals, tool_calls: totals.tool_calls + 1 };
    case "attempt_finished":
      return { ...totals, attempts: totals.attempts + 1 };
    default:
      return totals;
  }
}

function totalsFaults(stated: RunTotals, counted: Counted): EventFault[] {
  const isUnread = counted.pricing === "unread";
  const found = new Map(
    Object.entries({ cost: undefined, ...countedTotals(counted) }),
  );
  const wrong = Object.entries({ cost: undefined, ...stated })
    .filter(([name, value]) =>
      value !== found.get(name) && !(isUnread && name === "cost")
    )
    .map(([name, value]): EventFault => ({
      code: "wrong_totals",
      message: `totals.${name} is ${spelled(value)}; the ledger has ${
        spelled(found.get(name))
      }`,
    }));
  return isUnread
    ? [...wrong, { code: "policy_unread", message: UNREAD }]
    : wrong;
}

const UNREAD =
  "the policy may limit the cost, and was not read: totals.cost was not counted again";

function spelled(value: string | number | null | undefined): string {
  if (value === undefined) return "missing";
  if (value === null) return "unknown";
  return typeof value === "string" ? quoted(value) : String(value);
}
