import { assertEquals } from "@std/assert";
import { type Measure, timesAsLong } from "./times_as_long.ts";

/** Takes these times, one after the other, and the last one from then on. */
function taking(...times: readonly number[]): Measure & { rounds: number } {
  const measure = () =>
    times[Math.min(measure.rounds++, times.length - 1)] ?? 0;
  measure.rounds = 0;
  return measure;
}

for (
  const { what, work, unit, limit, want } of [
    {
      what: "the least of each",
      work: taking(90, 30, 60),
      unit: taking(20, 10, 50),
      limit: 5,
      want: { ratio: 3, rounds: 3 },
    },
    {
      what: "at least three rounds, so that one slow unit does not decide",
      work: taking(40),
      unit: taking(1000, 1000, 1),
      limit: 5,
      want: { ratio: 40, rounds: 60 },
    },
    {
      what: "on until a quiet moment comes",
      work: taking(50, 50, 50, 50, 50, 4),
      unit: taking(1),
      limit: 5,
      want: { ratio: 4, rounds: 6 },
    },
    {
      what: "three rounds where more than a busy machine is at work",
      work: taking(51),
      unit: taking(1),
      limit: 5,
      want: { ratio: 51, rounds: 3 },
    },
    {
      what: "sixty rounds, and no more",
      work: taking(6),
      unit: taking(1),
      limit: 5,
      want: { ratio: 6, rounds: 60 },
    },
  ]
) {
  Deno.test(`timesAsLong() compares ${what}`, async () => {
    const ratio = await timesAsLong({ work, unit, limit });
    assertEquals({ ratio, rounds: work.rounds }, want);
    assertEquals(unit.rounds, work.rounds);
  });
}
