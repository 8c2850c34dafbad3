import type { CallContext } from "./call_context.ts";
import type { Operators, Scalar } from "./condition.ts";
import { asText, equalTo } from "./derived_condition.ts";
import type { Node } from "./nodes.ts";
import { isNumeric, numberTruth } from "./number_condition.ts";
import { numbersIn, type ReadNumber } from "./read_number.ts";
import { type TextForms, textForms } from "./text_forms.ts";
import { textOperator } from "./text_operator.ts";
import type { Truth } from "./truth.ts";
import { valueTruth } from "./value_truth.ts";

/**
 * Makes the function that says whether a condition holds of all texts, numbers and
 * booleans of a call, of none, or of some, which is unknown. A number or a boolean
 * counts as its text, and a key as one.
 */
export function anywhereIn(
  everywhere: () => readonly Node[],
  context: CallContext,
): (condition: Operators) => Truth {
  const { budget } = context;
  let joined: TextForms | undefined;
  let numbers: readonly ReadNumber[] | undefined;

  /** A text that reads as a number is one to some tools. */
  function anyNumber(condition: Operators, nodes: readonly Node[]): Truth {
    numbers ??= numbersIn(nodes, context.formsOf);
    let whole: Truth | undefined;
    for (const { number, isText } of numbers) {
      const here = numberTruth(condition, number);
      if (here === true && isText) return "unknown";
      if (whole !== undefined && here !== whole) return "unknown";
      whole = here;
    }
    return whole ?? false;
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

  /**
   * A comparison with those operands that stand somewhere among the values, since
   * most stand nowhere; or what it comes to when none does.
   */
  function withinReach(
    condition: Operators,
    nodes: readonly Node[],
  ): Operators | boolean | undefined {
    const { one_of, not_one_of, not_equals } = condition;
    const listed = one_of ?? not_one_of ??
      (not_equals === undefined ? undefined : [not_equals]);
    if (listed === undefined) {
      const isNear = standsIn(condition, nodes);
      return isNear === true ? condition : isNear;
    }
    const near: Scalar[] = [];
    for (const each of listed) {
      const isNear = standsIn(equalTo(condition, each), nodes);
      if (isNear === undefined) return undefined;
      if (isNear) near.push(each);
    }
    if (near.length === 0) return one_of === undefined;
    if (near.length === listed.length) return condition;
    return one_of === undefined ? { not_one_of: near } : { one_of: near };
  }

  /** Whether the operand of a comparison stands among the values; true for what compares no text, `undefined` beyond the budget. */
  function standsIn(
    condition: Operators,
    nodes: readonly Node[],
  ): boolean | undefined {
    const operator = textOperator(condition);
    if (operator === undefined) return true;
    joined ??= textForms(
      nodes.map(({ value }) => String(value)).join("\u0000"),
    );
    const { exact, loose } = joined;
    const length = exact.length + loose.length;
    if (!budget.spend("characters", length)) return undefined;
    const { operand } = operator;
    return loose.includes(operand.loose) || exact.includes(operand.exact);
  }

  return (condition) => {
    const nodes = everywhere();
    if (isNumeric(condition)) return anyNumber(condition, nodes);
    if (nodes.length === 0) return false;
    const wanted = withinReach(asText(condition), nodes);
    if (wanted === undefined) return "unknown";
    if (typeof wanted === "boolean") return wanted;
    return oneByOne(wanted, nodes);
  };
}
