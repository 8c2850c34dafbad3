import { moneyText, nanosOf } from "../../policy/money.ts";
import type { Count } from "../count_lines.ts";
import { type Doubtful, doubtfulIn } from "./doubtful.ts";
import { type Period, periodsOf } from "./periods.ts";
import type { RunSummary } from "./run_summary.ts";

/** What the runs of an archive come to; counts begin with the largest. */
export interface ArchiveTotals {
  readonly runs: number;
  readonly by_end: readonly Count[];
  readonly by_check: readonly Count[];
  readonly denials_by_rule: readonly Count[];
  /** By the clause's id or place; those of rules without clauses are left out. */
  readonly denials_by_clause: readonly Count[];
  /** A used-up budget counts for no tool. */
  readonly denials_by_tool: readonly Count[];
  readonly approved_by: readonly Count[];
  /** Nobody's answer counts for `none`. */
  readonly rejected_by: readonly Count[];
  readonly tokens: number;
  /** One amount for each currency, such as `0.0125 EUR`. */
  readonly costs: readonly string[];
  /** How many runs state no cost. */
  readonly without_cost: number;
  /** Day by day, or month by month where the runs span more than 31 days. */
  readonly periods: readonly Period[];
  readonly doubtful: readonly Doubtful[];
}

/** Adds up what some runs did; `runs` are in the order in which they began. */
export function archiveTotals(runs: readonly RunSummary[]): ArchiveTotals {
  const denials = runs.flatMap((run) => run.denials);
  const answers = runs.flatMap((run) => run.answers);
  const answered = (verdict: "approved" | "rejected") =>
    counts(answers.filter((each) => each.verdict === verdict), ({ by }) => by);
  const costs = runs.flatMap(({ cost }) => cost ?? []);
  return {
    runs: runs.length,
    by_end: counts(runs, ({ end }) => end),
    by_check: counts(runs, ({ check }) => check),
    denials_by_rule: counts(denials, ({ rule }) => rule),
    denials_by_clause: counts(denials, ({ clause }) => clause),
    denials_by_tool: counts(denials, ({ tool }) => tool),
    approved_by: answered("approved"),
    rejected_by: answered("rejected"),
    tokens: sum(runs, ({ tokens }) => tokens),
    costs: costsOf(costs),
    without_cost: runs.length - costs.length,
    periods: periodsOf(runs),
    doubtful: doubtfulIn(runs),
  };
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

/** Counts items by name, as often as each says it occurs. */
function counts<T extends object>(
  items: readonly T[],
  nameOf: (item: T) => string | null,
): readonly Count[] {
  const found = new Map<string, number>();
  for (const item of items) {
    const name = nameOf(item);
    if (name === null) continue;
    const times = "count" in item ? Number(item.count) : 1;
    found.set(name, (found.get(name) ?? 0) + times);
  }
  return [...found].map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
}

/** Adds up amounts, each currency on its own, exactly. */
export function costsOf(amounts: readonly string[]): readonly string[] {
  const totals = new Map<string, bigint>();
  for (const each of amounts) {
    const [amount = "", currency = ""] = each.split(" ");
    totals.set(currency, (totals.get(currency) ?? 0n) + nanosOf(amount));
  }
  return [...totals].sort(([a], [b]) => a < b ? -1 : 1)
    .map(([currency, nanos]) => moneyText(nanos, currency));
}
