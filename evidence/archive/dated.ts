import type { RunSummary } from "./run_summary.ts";

/** A run whose clock has a date. */
export type DatedRun = RunSummary & { readonly started: string };

/** Milliseconds of a day. */
export const DAY_MS = 86_400_000;

/** The runs whose clocks have a date, in their order. */
export function dated(runs: readonly RunSummary[]): readonly DatedRun[] {
  return runs.filter((run): run is DatedRun => run.started !== null);
}

/** The beginning of the UTC day on which a run began, in milliseconds since the epoch. */
export function dayOf({ started }: DatedRun): number {
  return Date.parse(started.slice(0, 10));
}
