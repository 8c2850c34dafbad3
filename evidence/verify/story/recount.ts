import { loadPolicy } from "../../../policy/document/load.ts";
import { type Cost, NO_COST } from "../../../policy/rules/loop_budget.ts";
import {
  costAfter,
  costTotal,
  type Pricing,
} from "../../../runtime/record/answer_cost.ts";
import type {
  RunEvent,
  RunStarted,
  RunTotals,
} from "../../../runtime/record/event.ts";
import { NO_TOTALS } from "../../../runtime/record/run_totals.ts";
import { tokensOf } from "../../../runtime/record/usage.ts";
import { InputError } from "../../../tools/data/input_error.ts";
import { quoted } from "../../../tools/data/untrusted_text.ts";
import type { EventCheck } from "../event_check.ts";

/** What the events of a run add up to so far. */
export interface Counted {
  readonly totals: RunTotals;
  readonly cost: Cost;
  /** As the first event has it; `undefined` before it, and when its policy cannot be read. */
  readonly pricing: Pricing | undefined;
}

/** Before the first event. */
export const NOTHING_COUNTED: Counted = {
  totals: NO_TOTALS,
  cost: NO_COST,
  pricing: undefined,
};

/** Checks that the totals of a run are what its events add up to. */
export function recount(): EventCheck {
  let counted = NOTHING_COUNTED;
  let lost = false;
  return {
    push(event) {
      if (lost) return [];
      counted = countedAfter(counted, event);
      if (event.type !== "run_finished") return [];
      return totalsFaults(event.totals, countedTotals(counted)).map((
        message,
      ) => ({
        code: "wrong_totals",
        message,
      }));
    },
    lose() {
      lost = true;
    },
  };
}

/** Counts the next event. */
export function countedAfter(counted: Counted, event: RunEvent): Counted {
  const { cost, pricing } = counted;
  return {
    totals: totalsAfter(counted.totals, event),
    cost: event.type === "llm_completed" && pricing !== undefined
      ? costAfter(cost, event, pricing)
      : cost,
    pricing: event.type === "run_started" ? pricingOf(event) : pricing,
  };
}

/** The totals that the counted events come to. */
export function countedTotals({ totals, cost, pricing }: Counted): RunTotals {
  return pricing?.max_cost === undefined
    ? totals
    : { ...totals, cost: costTotal(cost, pricing.max_cost) };
}

/** What the policy on record says of prices; one that cannot be read is another check's finding. */
function pricingOf({ policy, llm }: RunStarted): Pricing | undefined {
  try {
    const { document } = loadPolicy(policy.text, "the policy on record");
    return { model: llm, max_cost: document.loop_budget.max_cost };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return undefined;
  }
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
        denials: totals.denials + (event.decision === "deny" ? 1 : 0),
      };
    case "tool_started":
      return { ...totals, tool_calls: totals.tool_calls + 1 };
    case "attempt_finished":
      return { ...totals, attempts: totals.attempts + 1 };
    default:
      return totals;
  }
}

function totalsFaults(stated: RunTotals, counted: RunTotals): string[] {
  const found = new Map(Object.entries({ cost: undefined, ...counted }));
  return Object.entries({ cost: undefined, ...stated })
    .filter(([name, value]) => value !== found.get(name))
    .map(([name, value]) =>
      `totals.${name} is ${spelled(value)}; the ledger has ${
        spelled(found.get(name))
      }`
    );
}

function spelled(value: string | number | null | undefined): string {
  switch (value) {
    case undefined:
      return "not there";
    case null:
      return "unknown";
  }
  return typeof value === "string" ? quoted(value) : String(value);
}
