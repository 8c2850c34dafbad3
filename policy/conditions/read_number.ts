import type { Node } from "./nodes.ts";
import type { TextForms } from "./text_forms.ts";

/** A number among the arguments; perhaps it is written as a text. */
export interface ReadNumber {
  readonly number: number;
  readonly isText: boolean;
}

/** Longer texts are no numbers. */
const MAX_NUMBER_LENGTH = 400;

/** The numbers among some values: those that are numbers, and texts that some tools read as one. */
export function numbersIn(
  nodes: readonly Node[],
  formsOf: (text: string) => TextForms,
): readonly ReadNumber[] {
  return nodes.flatMap(({ path, value }): readonly ReadNumber[] => {
    if (typeof value === "number") return [{ number: value, isText: false }];
    if (typeof value !== "string" || path.endsWith("~")) return [];
    if (value.length > MAX_NUMBER_LENGTH) return [];
    const number = readAsNumber(formsOf(value).plain);
    return number === undefined ? [] : [{ number, isText: true }];
  });
}

function readAsNumber(plain: string): number | undefined {
  if (!/\d/.test(plain)) return undefined;
  const number = Number(plain.replaceAll(/[\s_,']/g, ""));
  return Number.isNaN(number) ? undefined : number;
}
