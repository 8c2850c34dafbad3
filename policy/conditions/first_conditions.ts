import type { Condition } from "./condition.ts";

/**
 * The conditions that `escalate` had first: on one named argument, by one of five
 * operators. One spelling of the argument that fits is enough for them, and so it
 * stays, so that an older policy asks as before.
 */
export type FirstCondition =
  & Pick<
    Condition,
    "equals" | "starts_with" | "contains" | "greater_than" | "longer_than"
  >
  & { readonly argument: string };

const OPERATORS = [
  "equals",
  "starts_with",
  "contains",
  "greater_than",
  "longer_than",
] as const;

/** A condition as one of the first, if it is one. */
export function firstCondition(
  condition: Condition,
): FirstCondition | undefined {
  const { argument } = condition;
  if (argument === undefined || argument.startsWith("$")) return undefined;
  return OPERATORS.some((name) => condition[name] !== undefined)
    ? { ...condition, argument }
    : undefined;
}

/** Whether a condition holds of the value of its argument; `undefined` when that is missing. */
export function holds(
  { equals, starts_with, contains, greater_than, longer_than }: Omit<
    FirstCondition,
    "argument"
  >,
  value: unknown,
): boolean {
  if (equals !== undefined) {
    return typeof value !== typeof equals || value === equals;
  }
  if (greater_than !== undefined) {
    return typeof value !== "number" || value > greater_than;
  }
  if (longer_than !== undefined) {
    const sized = typeof value === "string" || Array.isArray(value);
    return !sized || value.length > longer_than;
  }
  if (typeof value !== "string") return true;
  return starts_with !== undefined
    ? value.startsWith(starts_with)
    : value.includes(contains ?? "");
}
