import type { CallContext } from "./call_context.ts";
import type { Operators } from "./condition.ts";
import { equalTo } from "./derived_condition.ts";
import type { Node } from "./nodes.ts";
import { isNumeric, numberTruth } from "./number_condition.ts";
import { sizeTruth } from "./size_condition.ts";
import { textTruth } from "./text_truth.ts";
import { all, any, not, type Truth } from "./truth.ts";
import { withinReach } from "./within_reach.ts";

/** Whether a condition holds of one value, in every spelling of it. */
export function valueTruth(
  condition: Operators,
  node: Node,
  context: CallContext,
): Truth {
  const of = (each: Operators): Truth => valueTruth(each, node, context);
  const { value } = node;
  const { not_equals, one_of, not_one_of } = condition;
  if (not_equals !== undefined) return not(of(equalTo(condition, not_equals)));
  if (one_of !== undefined) {
    return any(one_of.values().map((each) => of(equalTo(condition, each))));
  }
  if (not_one_of !== undefined) {
    return not(
      any(not_one_of.values().map((each) => of(equalTo(condition, each)))),
    );
  }
  const items = condition.each ?? condition.some;
  if (items !== undefined) {
    const listed = context.itemsOf(node);
    if (listed === undefined) return "unknown";
    const truths = truthsOfEach(items, listed, context);
    return condition.each === undefined ? any(truths) : all(truths);
  }
  return numberTruth(condition, value) ??
    sizeTruth(condition, value, context) ??
    equalScalar(condition, value) ?? textTruth(condition, node, context);
}

/**
 * Whether a condition holds of each of some values. A truth that is the same for many
 * values may be listed once.
 */
export function truthsOfEach(
  condition: Operators,
  nodes: readonly Node[],
  context: CallContext,
): Iterable<Truth> {
  const { texts, range } = context.together(nodes);
  if (range !== undefined && isNumeric(condition)) {
    return [range.least, range.greatest].map((each) =>
      numberTruth(condition, each) ?? "unknown"
    );
  }
  const wanted = texts === undefined
    ? condition
    : withinReach(condition, texts) ?? "unknown";
  return typeof wanted === "object"
    ? nodes.values().map((node) => valueTruth(wanted, node, context))
    : [wanted];
}

/** Of numbers and booleans; `undefined` for a comparison with a text. */
function equalScalar({ equals }: Operators, value: unknown): Truth | undefined {
  if (equals === undefined || typeof equals === "string") return undefined;
  return typeof value === typeof equals ? value === equals : "unknown";
}
