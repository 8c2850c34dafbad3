import type { Operators } from "./condition.ts";
import type { Node } from "./nodes.ts";
import { numberTruth } from "./number_condition.ts";
import { agreed, type Truth } from "./truth.ts";

/** The numbers among some values. A comparison holds of all of them if it holds of the least and the greatest. */
export interface NumberRange {
  readonly least: number;
  readonly greatest: number;
  /** Whether one of them is written as a text, which only some tools read as a number. */
  readonly hasText: boolean;
}

/** The range of the numbers among some values; `undefined` if there are none. */
export function numberRange(
  nodes: readonly Node[],
  plainOf: (text: string) => string,
): NumberRange | undefined {
  let range: NumberRange | undefined;
  for (const { path, value } of nodes) {
    const isText = typeof value === "string" && !path.endsWith("~");
    const number = isText ? readAsNumber(value, plainOf) : value;
    if (typeof number !== "number") continue;
    range = {
      least: Math.min(number, range?.least ?? Infinity),
      greatest: Math.max(number, range?.greatest ?? -Infinity),
      hasText: isText || range?.hasText === true,
    };
  }
  return range;
}

/** Whether a comparison holds of all numbers in a range, of none or, which is unknown, of some. */
export function rangeTruth(
  condition: Operators,
  { least, greatest, hasText }: NumberRange,
): Truth {
  const truth = agreed(
    [least, greatest].map((each) => numberTruth(condition, each) ?? "unknown"),
  );
  return truth === true && hasText ? "unknown" : truth;
}

/** Longer texts are no numbers. */
const MAX_NUMBER_LENGTH = 400;

/** The number that a text is to those who read it as one. */
function readAsNumber(
  text: string,
  plainOf: (text: string) => string,
): number | undefined {
  // A text that begins with a letter is not a number in any spelling.
  if (text.length > MAX_NUMBER_LENGTH || /^[a-z]/i.test(text)) return undefined;
  const plain = plainOf(text);
  if (!/\d/.test(plain)) return undefined;
  const number = Number(plain.replaceAll(/[\s_,']/g, ""));
  return Number.isNaN(number) ? undefined : number;
}
