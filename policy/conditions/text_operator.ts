import type { Operators } from "./condition.ts";
import type { TextForms } from "./text_forms.ts";
import { textForms } from "./text_forms.ts";

/** A comparison of a text with another one. */
export interface TextOperator {
  readonly operand: TextForms;
  /** Whether it holds of a text; both are of the same form. */
  readonly test: (text: string, operand: string) => boolean;
}

const TESTS = {
  equals: (text: string, operand: string) => text === operand,
  starts_with: (text: string, operand: string) => text.startsWith(operand),
  ends_with: (text: string, operand: string) => text.endsWith(operand),
  contains: (text: string, operand: string) => text.includes(operand),
} as const;

const KNOWN = new WeakMap<Operators, TextOperator>();

/** The comparison that a condition makes with a text, if it makes one. */
export function textOperator(given: Operators): TextOperator | undefined {
  const known = KNOWN.get(given);
  if (known !== undefined) return known;
  for (
    const name of ["equals", "starts_with", "ends_with", "contains"] as const
  ) {
    const operand = given[name];
    if (typeof operand !== "string") continue;
    const operator = { operand: textForms(operand), test: TESTS[name] };
    KNOWN.set(given, operator);
    return operator;
  }
}
