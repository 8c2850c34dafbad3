import type { Operators, Scalar } from "./condition.ts";
import { equalTo } from "./derived_condition.ts";
import type { SearchedTexts } from "./searched_texts.ts";
import { textOperator } from "./text_operator.ts";

/**
 * Reduces a comparison to those of its operands that some texts contain, since most
 * operands occur nowhere. Returns the result of the comparison if no text contains
 * any, and `undefined` beyond the budget. A condition that compares no text is
 * returned unchanged.
 */
export function withinReach(
  condition: Operators,
  texts: SearchedTexts,
): Operators | boolean | undefined {
  const { one_of, not_one_of, not_equals } = condition;
  const listed = one_of ?? not_one_of ??
    (not_equals === undefined ? undefined : [not_equals]);
  if (listed === undefined) {
    const isNear = standsIn(condition, texts);
    return isNear === true ? condition : isNear;
  }
  const near: Scalar[] = [];
  for (const each of listed) {
    const isNear = standsIn(equalTo(condition, each), texts);
    if (isNear === undefined) return undefined;
    if (isNear) near.push(each);
  }
  if (near.length === 0) return one_of === undefined;
  if (near.length === listed.length) return condition;
  return one_of === undefined ? { not_one_of: near } : { one_of: near };
}

/** Whether one of the texts contains the operand; true for a condition that compares no text. */
function standsIn(
  condition: Operators,
  texts: SearchedTexts,
): boolean | undefined {
  const operator = textOperator(condition);
  return operator === undefined ? true : texts.have(operator.operand);
}
