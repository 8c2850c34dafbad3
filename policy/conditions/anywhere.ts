import type { CallContext } from "./call_context.ts";
import type { Operators } from "./condition.ts";
import { asText } from "./derived_condition.ts";
import type { Node } from "./nodes.ts";
import { isNumeric } from "./number_condition.ts";
import { type NumberRange, numberRange, rangeTruth } from "./number_range.ts";
import type { SearchedTexts } from "./searched_texts.ts";
import type { Truth } from "./truth.ts";
import { valueTruth } from "./value_truth.ts";
import { withinReach } from "./within_reach.ts";

/**
 * Makes the function that says whether a condition holds of all texts, numbers and
 * booleans of a call, of none, or of some, which is unknown. A number or a boolean
 * counts as its text, and a key as one.
 */
export function anywhereIn(
  everywhere: () => readonly Node[],
  context: CallContext,
): (condition: Operators) => Truth {
  const { budget, formsOf } = context;
  let texts: SearchedTexts | undefined;
  let numbers: { readonly range: NumberRange | undefined } | undefined;

  /** A text that reads as a number is one to some tools. */
  function anyNumber(condition: Operators): Truth {
    numbers ??= {
      range: numberRange(everywhere(), (text) => formsOf(text).plain),
    };
    const { range } = numbers;
    return range !== undefined && rangeTruth(condition, range);
  }

  /** Whether a condition holds of all, of none, or of some; false when there is nothing. */
  function oneByOne(condition: Operators, nodes: readonly Node[]): Truth {
    let whole: Truth | undefined;
    for (const { path, value } of nodes) {
      if (!budget.spend("values", 1)) return "unknown";
      const text = { path, value: String(value) };
      const here = valueTruth(condition, text, context);
      if (here === "unknown" || (whole !== undefined && here !== whole)) {
        return "unknown";
      }
      whole = here;
    }
    return whole ?? false;
  }

  return (condition) => {
    if (isNumeric(condition)) return anyNumber(condition);
    const nodes = everywhere();
    if (nodes.length === 0) return false;
    texts ??= context.searched(nodes.map(({ value }) => String(value)));
    const wanted = withinReach(asText(condition), texts);
    if (wanted === undefined) return "unknown";
    if (typeof wanted === "boolean") return wanted;
    return oneByOne(wanted, nodes);
  };
}
