import type { Operators, Scalar } from "./condition.ts";

/** A condition is derived once, so that what is remembered of it is found again. */
const MADE = new WeakMap<Operators, Map<Scalar, Operators>>();

/** The condition that a value equals one of those that another condition lists. */
export function equalTo(condition: Operators, equals: Scalar): Operators {
  const made = MADE.get(condition) ?? new Map<Scalar, Operators>();
  MADE.set(condition, made);
  const known = made.get(equals) ?? { equals };
  made.set(equals, known);
  return known;
}

const TEXTS = new WeakMap<Operators, Operators>();

/** The same condition on texts: numbers and booleans are compared as they are written. */
export function asText(condition: Operators): Operators {
  const known = TEXTS.get(condition) ?? onTexts(condition);
  TEXTS.set(condition, known);
  return known;
}

function onTexts(condition: Operators): Operators {
  const { equals, not_equals, one_of, not_one_of } = condition;
  if (equals !== undefined) return equalTo(condition, String(equals));
  if (not_equals !== undefined) return { not_equals: String(not_equals) };
  if (one_of !== undefined) return { one_of: one_of.map(String) };
  if (not_one_of !== undefined) return { not_one_of: not_one_of.map(String) };
  return condition;
}
