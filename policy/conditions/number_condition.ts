import type { Operators } from "./condition.ts";
import type { Truth } from "./truth.ts";

const NUMERIC = ["greater_than", "at_least", "less_than", "at_most"] as const;

/** Whether a condition compares numbers. */
export function isNumeric(condition: Operators): boolean {
  return NUMERIC.some((name) => condition[name] !== undefined);
}

/** Whether a comparison of numbers holds; `undefined` for another condition. */
export function numberTruth(
  condition: Operators,
  value: unknown,
): Truth | undefined {
  const { greater_than, at_least, less_than, at_most } = condition;
  if (!isNumeric(condition)) return undefined;
  if (typeof value !== "number") return "unknown";
  if (greater_than !== undefined) return value > greater_than;
  if (at_least !== undefined) return value >= at_least;
  if (less_than !== undefined) return value < less_than;
  return value <= (at_most ?? -Infinity);
}
