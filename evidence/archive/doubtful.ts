import { counted } from "../../tools/data/counted.ts";
import { dated, DAY_MS, dayOf } from "./dated.ts";
import type { RunSummary } from "./run_summary.ts";

/** Something in an archive that should be looked at: runs that are there twice, or that may be missing. */
export interface Doubtful {
  readonly kind: "duplicate" | "gap";
  /** What it is, in a few words. Names of runs in it are not made safe to show. */
  readonly what: string;
  /** The runs that it is about, as their reader named them. */
  readonly runs: readonly string[];
}

/**
 * Finds what makes an archive doubtful: one record in several places, several
 * records of one run, numbers that are missing in a series of folders (`out`,
 * `out_2`, `out_4`), and days without a run between two with one. None of it proves
 * that a run was removed.
 */
export function doubtfulIn(runs: readonly RunSummary[]): readonly Doubtful[] {
  return [...duplicates(runs), ...missingNumbers(runs), ...emptyDays(runs)];
}

function* duplicates(runs: readonly RunSummary[]): Generator<Doubtful> {
  const heads = groups(runs, ({ head }) => head);
  for (const same of heads.values()) {
    if (same.length < 2) continue;
    yield {
      kind: "duplicate",
      what: `the same record ${same.length} times`,
      runs: same.map(({ run }) => run),
    };
  }
  // The first of several copies stands for all of them.
  const records = runs.filter((each) => heads.get(each.head)?.[0] === each);
  for (const [id, same] of groups(records, ({ run_id }) => run_id)) {
    if (same.length < 2) continue;
    yield {
      kind: "duplicate",
      what: `${same.length} records of run ${id}`,
      runs: same.map(({ run }) => run),
    };
  }
}

/** A folder that is named by date, policy and seed: its last number is no place in a series. */
const BY_SEED = /(^|\/)\d{4}-\d\d-\d\d_[0-9a-f]{8}_\d+$/;

/** The number that `run` gives a folder whose name is taken: `out_2`. */
const NUMBERED = /^(.*)_([2-9]|[1-9]\d{1,8})$/;

function* missingNumbers(runs: readonly RunSummary[]): Generator<Doubtful> {
  const names = new Set(runs.map(({ run }) => run));
  const series = new Map<string, { number: number; run: string }[]>();
  for (const { run } of runs) {
    const [, base, digits] = NUMBERED.exec(run) ?? [];
    if (base === undefined || BY_SEED.test(run)) continue;
    const members = series.get(base) ?? [];
    series.set(base, [...members, { number: Number(digits), run }]);
  }
  for (const [base, members] of series) {
    const isSeries = names.has(base) || members.length > 1;
    if (!isSeries) continue;
    const first = names.has(base) ? [{ number: 1, run: base }] : [];
    const sorted = [...first, ...members].sort((a, b) => a.number - b.number);
    for (const [index, after] of sorted.entries()) {
      const before = sorted[index - 1];
      if (before === undefined || after.number === before.number + 1) continue;
      yield {
        kind: "gap",
        what: `${
          counted(after.number - before.number - 1, "number")
        } missing in a series of folders`,
        runs: [before.run, after.run],
      };
    }
  }
}

function* emptyDays(runs: readonly RunSummary[]): Generator<Doubtful> {
  const sorted = dated(runs).toSorted((a, b) => a.started < b.started ? -1 : 1);
  for (const [index, after] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before === undefined) continue;
    const [from, to] = [dayOf(before), dayOf(after)];
    const between = (to - from) / DAY_MS - 1;
    if (between < 1) continue;
    yield {
      kind: "gap",
      what: `${counted(between, "day")} without a run, from ${
        isoDay(from + DAY_MS)
      } to ${isoDay(to - DAY_MS)}`,
      runs: [before.run, after.run],
    };
  }
}

function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Items that have a key in common, in their order. */
function groups<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = found.get(key);
    if (group === undefined) found.set(key, [item]);
    else group.push(item);
  }
  return found;
}
