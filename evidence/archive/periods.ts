import { dated, DAY_MS, dayOf } from "./dated.ts";
import type { RunSummary } from "./run_summary.ts";

/** What the runs that began within a day or a month come to. */
export interface Period {
  /** `2026-11-22`, or `2026-11` for a month; UTC, by the clocks of the runs. */
  readonly period: string;
  readonly runs: number;
  readonly denials: number;
  readonly tokens: number;
}

const MAX_DAYS = 31;

/** Adds up runs day by day, or month by month where they span more than 31 days. Periods without a run, and runs without a date, are left out. */
export function periodsOf(given: readonly RunSummary[]): readonly Period[] {
  const runs = dated(given);
  const days = runs.map(dayOf);
  const span = Math.max(...days) - Math.min(...days);
  const length = span >= MAX_DAYS * DAY_MS
    ? "2026-11".length
    : "2026-11-22".length;
  const found = new Map<string, Period>();
  for (const { started, denials, tokens } of runs) {
    const period = started.slice(0, length);
    const so = found.get(period);
    found.set(period, {
      period,
      runs: (so?.runs ?? 0) + 1,
      denials: denials.reduce(
        (total, { count }) => total + count,
        so?.denials ?? 0,
      ),
      tokens: (so?.tokens ?? 0) + tokens,
    });
  }
  return [...found.values()].sort((a, b) => a.period < b.period ? -1 : 1);
}
