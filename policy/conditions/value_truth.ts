import type { CallContext } from "./call_context.ts";
import type { Operators } from "./condition.ts";
import { equalTo } from "./derived_condition.ts";
import type { Node } from "./nodes.ts";
import { numberTruth } from "./number_condition.ts";
import { sizeTruth } from "./size_condition.ts";
import { textTruth } from "./text_truth.ts";
import { all, any, not, type Truth } from "./truth.ts";

/** Whether a condition holds of one value, in every spelling of it. */
export function valueTruth(
  condition: Operators,
  node: Node,
  context: CallContext,
): Truth {
  const of = (each: Operators, at = node): Truth =>
    valueTruth(each, at, context);
  const { value } = node;
  const { not_equals, one_of, not_one_of } = condition;
  if (not_equals !== undefined) return not(of(equalTo(condition, not_equals)));
  if (one_of !== undefined) {
    return any(one_of.map((each) => of(equalTo(condition, each))));
  }
  if (not_one_of !== undefined) {
    return not(any(not_one_of.map((each) => of(equalTo(condition, each)))));
  }
  const items = condition.each ?? condition.some;
  if (items !== undefined) {
    if (!Array.isArray(value)) return "unknown";
    const truths = value.map((item, index) =>
      of(items, { path: `${node.path}[${index}]`, value: item })
    );
    return condition.each === undefined ? any(truths) : all(truths);
  }
  return numberTruth(condition, value) ??
    sizeTruth(condition, value, context) ??
    equalScalar(condition, value) ?? textTruth(condition, node, context);
}

/** Of numbers and booleans; `undefined` for a comparison with a text. */
function equalScalar({ equals }: Operators, value: unknown): Truth | undefined {
  if (equals === undefined || typeof equals === "string") return undefined;
  return typeof value === typeof equals ? value === equals : "unknown";
}
