import type {
  RunEvent,
  RunFinished,
  RunTotals,
} from "../../../runtime/record/event.ts";
import { tokensOf } from "../../../runtime/record/usage.ts";

/** Counts a run again. */
export interface Recount {
  push(event: RunEvent): void;
  /** What was counted so far. */
  readonly totals: RunTotals;
  /** Lists the totals that are not what was counted, each as a sentence. */
  compare(stated: RunFinished): readonly string[];
}

/** Starts at the beginning of a run. */
export function recount(): Recount {
  const totals: { -readonly [Key in keyof RunTotals]: RunTotals[Key] } = {
    steps: 0,
    llm_calls: 0,
    tool_calls: 0,
    policy_checks: 0,
    denials: 0,
    attempts: 0,
    tokens: 0,
  };
  return {
    totals,
    push(event) {
      switch (event.type) {
        case "step_started":
          totals.steps += 1;
          return;
        case "llm_completed":
          totals.llm_calls += 1;
          totals.tokens += tokensOf(event.usage ?? undefined);
          return;
        case "policy_checked":
          totals.policy_checks += 1;
          if (event.decision === "deny") totals.denials += 1;
          return;
        case "tool_started":
          totals.tool_calls += 1;
          return;
        case "attempt_finished":
          totals.attempts += 1;
      }
    },
    compare(finished) {
      const counted = new Map(Object.entries(totals));
      return Object.entries(finished.totals)
        .filter(([name, stated]) => stated !== counted.get(name))
        .map(([name, stated]) =>
          `totals.${name} is ${stated}; the ledger has ${counted.get(name)}`
        );
    },
  };
}
