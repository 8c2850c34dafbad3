import { assertEquals, assertThrows } from "@std/assert";
import {
  euros,
  grouped,
  isoDate,
  percent,
  tenths,
  timeOfDay,
} from "./notation.ts";

const WRITTEN = [
  ["isoDate(0)", isoDate(0), "2026-01-05"],
  ["isoDate(87)", isoDate(87), "2026-04-02"],
  ["isoDate(364)", isoDate(364), "2027-01-04"],
  ["timeOfDay(0)", timeOfDay(0), "00:00"],
  ["timeOfDay(1439)", timeOfDay(1439), "23:59"],
  ["grouped(999)", grouped(999), "999"],
  ["grouped(1000)", grouped(1000), "1,000"],
  ["grouped(28893800)", grouped(28893800), "28,893,800"],
  ["tenths(7)", tenths(7), "0.7"],
  ["tenths(120)", tenths(120), "12.0"],
  ["euros(1144940)", euros(1144940), "EUR 11,449.40"],
  ["percent(2, 3)", percent(2, 3), 67],
] as const;

for (const [call, got, want] of WRITTEN) {
  Deno.test(`${call} gives ${want}`, () => assertEquals(got, want));
}

for (const minutes of [-1, 1440, 0.5]) {
  Deno.test(`timeOfDay() rejects ${minutes}`, () => {
    assertThrows(() => timeOfDay(minutes), RangeError, `"${minutes}"`);
  });
}
