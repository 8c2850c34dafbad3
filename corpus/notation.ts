/**
 * How the corpus writes dates, times of day and amounts. Everything is UTC
 * arithmetic and plain digits: no clock, locale or time zone is consulted.
 *
 * @module
 */

const DAY_MS = 86_400_000;

/** Day 0 of the corpus: Monday, 5 January 2026, the first day of ISO week 2. */
const FIRST_DAY_MS = Date.UTC(2026, 0, 5);

/** Writes the day that lies `day` days after 5 January 2026, as `YYYY-MM-DD`. */
export function isoDate(day: number): string {
  return new Date(FIRST_DAY_MS + day * DAY_MS).toISOString().slice(0, 10);
}

/** Writes minutes since midnight as `HH:MM`; a time outside the day is an error. */
export function timeOfDay(minutes: number): string {
  if (!Number.isInteger(minutes) || minutes < 0 || minutes >= 1440) {
    throw new RangeError(
      `Cannot write "${minutes}" as a time of day: use minutes from 0 to 1439`,
    );
  }
  return `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
}

/** Writes a whole number with a comma between groups of three digits. */
export function grouped(whole: number): string {
  return String(whole).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Writes a count of tenths with one decimal: 127 becomes `12.7`. */
export function tenths(count: number): string {
  return `${Math.floor(count / 10)}.${count % 10}`;
}

/** Writes a whole number of cents as euros: 123456 becomes `EUR 1,234.56`. */
export function euros(cents: number): string {
  return `EUR ${grouped(Math.floor(cents / 100))}.${twoDigits(cents % 100)}`;
}

/** The share of `part` in `whole`, as a rounded whole percentage. */
export function percent(part: number, whole: number): number {
  return Math.round((part / whole) * 100);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
