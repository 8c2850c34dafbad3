import { UsageError } from "../command/command.ts";

const DAY = /^\d{4}-\d\d-\d\d$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/;

/**
 * Reads a day, which begins at midnight UTC, or a moment with its offset, of ISO 8601;
 * returns it in UTC, to the second: `2026-11-22T00:00:00Z`.
 *
 * @throws {UsageError} when it is neither
 */
export function moment(option: string, given: string): string {
  const ms = DAY.test(given) || MOMENT.test(given) ? Date.parse(given) : NaN;
  // A day that no month has would become one of the next month.
  const isReal = !Number.isNaN(ms) &&
    new Date(Date.parse(`${given.slice(0, 10)}T00:00:00Z`)).toISOString()
      .startsWith(given.slice(0, 10));
  if (!isReal) {
    throw new UsageError(
      `Cannot use --${option} "${given}": expected a day such as 2026-11-22, or a moment such as 2026-11-22T08:00:00Z`,
    );
  }
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");
}
