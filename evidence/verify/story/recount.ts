import { effectOf } from "../../../runtime/record/effect_of.ts";
import type { RunEvent, RunTotals } from "../../../runtime/record/event.ts";
import { NO_TOTALS } from "../../../runtime/record/run_totals.ts";
import { tokensOf } from "../../../runtime/record/usage.ts";
import type { EventCheck } from "../event_check.ts";

/** Checks that the totals of a run match its events. */
export function recount(): EventCheck {
  let counted = NO_TOTALS;
  let lost = false;
  return {
    push(event) {
      if (lost) return [];
      counted = totalsAfter(counted, event);
      if (event.type !== "run_finished") return [];
      return totalsFaults(event.totals, counted).map((message) => ({
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
export function totalsAfter(totals: RunTotals, event: RunEvent): RunTotals {
  switch (event.type) {
    case "step_started":
      return { ...totals, steps: totals.steps + 1 };
    case "call_proposed":
      // The calls of a client are its steps.
      return { ...totals, steps: Math.max(totals.steps, event.step) };
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

function totalsFaults(stated: RunTotals, counted: RunTotals): string[] {
  const found = new Map(Object.entries(counted));
  return Object.entries(stated)
    .filter(([name, value]) => value !== found.get(name))
    .map(([name, value]) =>
      `totals.${name} is ${value}; the ledger has ${found.get(name)}`
    );
}
