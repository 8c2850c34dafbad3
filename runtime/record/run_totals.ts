import { z } from "../../deps.ts";
import type { RunTotals } from "./event.ts";

/** The totals of a run that has not begun. */
export const NO_TOTALS: RunTotals = {
  steps: 0,
  llm_calls: 0,
  tool_calls: 0,
  policy_checks: 0,
  denials: 0,
  attempts: 0,
  tokens: 0,
};

const count = z.int().check(z.minimum(0));

/** The schema of a run's totals, in a ledger and a manifest. */
export const runTotalsSchema: z.ZodMiniType<RunTotals> = z.strictObject({
  steps: count,
  llm_calls: count,
  tool_calls: count,
  policy_checks: count,
  denials: count,
  attempts: count,
  tokens: count,
  cost: z.optional(z.nullable(z.string())),
});
