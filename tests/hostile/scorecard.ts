/**
 * Plays every hostile case against the gates and prints a scorecard: how many of
 * each family came out right, and how long a decision takes. Exits with 2 when
 * any case fails.
 *
 * @module
 */
import { HOSTILE_CASES, type HostileCase, isBenign } from "./cases.ts";
import { FAMILIES, type Family } from "./families.ts";
import { layFixture } from "./fixture.ts";
import { faultsOf } from "./outcome.ts";
import { percentile } from "./percentile.ts";
import { decisionTimes } from "./trial.ts";

/** Rounds over all cases of a family, the first of them to warm up. */
const ROUNDS = { warm: 100, measured: 400 };

interface Score {
  readonly hostile: Tally;
  readonly benign: Tally;
  readonly faults: readonly string[];
}

interface Tally {
  readonly right: number;
  readonly of: number;
}

async function scoreOf(
  family: Family,
  cases: readonly HostileCase[],
): Promise<Score> {
  const wrong = new Map<HostileCase, readonly string[]>();
  for (const hostile of cases) {
    const faults = faultsOf(hostile, await family.play(hostile));
    if (faults.length > 0) wrong.set(hostile, faults);
  }
  const tally = (some: readonly HostileCase[]) => ({
    right: some.filter((each) => !wrong.has(each)).length,
    of: some.length,
  });
  return {
    hostile: tally(cases.filter((each) => !isBenign(each))),
    benign: tally(cases.filter(isBenign)),
    faults: [...wrong].map(([{ id }, faults]) => `${id}: ${faults.join("; ")}`),
  };
}

/** Decision times of a family, or those of its commands, in microseconds; none when a run judges no calls. */
function timesOf(
  family: Family,
  cases: readonly HostileCase[],
): readonly number[] {
  if (family.times !== undefined) return family.times();
  using fixture = layFixture();
  const trials = cases.flatMap((each) => family.trial?.(each, fixture) ?? []);
  const round = () => trials.flatMap(decisionTimes);
  for (let count = 0; count < ROUNDS.warm; count++) round();
  return Array.from({ length: ROUNDS.measured }, round).flat();
}

function row(cells: readonly string[]): string {
  const [family = "", ...rest] = cells;
  return [family.padEnd(16), ...rest.map((cell) => cell.padStart(17))].join("");
}

function micros(times: readonly number[], part: number): string {
  return times.length === 0 ? "–" : `${percentile(times, part).toFixed(1)} µs`;
}

function share({ right, of }: Tally): string {
  return `${right}/${of}`;
}

console.log(row([
  "family",
  "hostile refused",
  "benign allowed",
  "median",
  "99th percentile",
]));
for (const [name, family] of FAMILIES) {
  const cases = HOSTILE_CASES.filter((each) => each.family === name);
  const { hostile, benign, faults } = await scoreOf(family, cases);
  const times = timesOf(family, cases);
  console.log(row([
    name,
    share(hostile),
    share(benign),
    micros(times, 0.5),
    micros(times, 0.99),
  ]));
  await family.end?.();
  for (const fault of faults) console.error(`  ${fault}`);
  if (faults.length > 0) Deno.exitCode = 2;
}
