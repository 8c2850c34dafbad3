import type { CallContext } from "./call_context.ts";
import type { Operators } from "./condition.ts";
import { isOfDomain } from "./domain.ts";
import { isNamedByGlob } from "./glob.ts";
import { isFound, knownPattern } from "./known_pattern.ts";
import type { Node } from "./nodes.ts";
import { type TextOperator, textOperator } from "./text_operator.ts";
import { agreed, type Truth } from "./truth.ts";
import { holdsOfUrl } from "./url_condition.ts";
import { isListedUrl } from "./url_list.ts";

/** Whether a condition on a text holds of a value; unknown for a value of another type. */
export function textTruth(
  condition: Operators,
  node: Node,
  context: CallContext,
): Truth {
  const { value } = node;
  const { run, readings, formsOf } = context;
  if (condition.seen_in !== undefined) {
    if (typeof value !== "string" && typeof value !== "number") {
      return "unknown";
    }
    const seen = run.seen(String(value), condition.seen_in);
    return seen === "unknown" ? "unknown" : seen !== undefined;
  }
  if (typeof value !== "string") return "unknown";
  if (condition.glob !== undefined) {
    const place = readings.placeOf(node);
    return place === undefined
      ? "unknown"
      : isNamedByGlob(formsOf(place), [condition.glob].flat());
  }
  if (condition.url !== undefined) {
    return isListedUrl(value, [condition.url].flat());
  }
  if (condition.domain !== undefined) {
    return isOfDomain(value, [condition.domain].flat());
  }
  const text = { node, text: value, condition };
  if (condition.matches !== undefined) {
    return found(condition.matches, text, context);
  }
  const operator = textOperator(condition);
  return operator === undefined ? "unknown" : compared(operator, text, context);
}

/** A text among the arguments, and the condition on it. */
interface JudgedText {
  readonly node: Node;
  readonly text: string;
  readonly condition: Operators;
}

/** Compares a text, and what else it stands for, with another one. */
function compared(
  { operand, test, ofPlace }: TextOperator,
  { node, text, condition }: JudgedText,
  { readings, budget, formsOf }: CallContext,
): Truth {
  if (!budget.spend("characters", 2 * text.length)) return "unknown";
  const { exact, loose } = formsOf(text);
  const truths: Truth[] = [
    test(exact, operand.exact),
    test(loose, operand.loose),
  ];
  const place = readings.placeOf(node);
  if (place !== undefined) truths.push(ofPlace(place));
  const url = readings.urlOf(node);
  if (url !== undefined) {
    truths.push(
      test(url.href, operand.exact),
      urlTruth(condition, readings.spellingsOf(url)),
    );
  }
  return agreed(truths);
}

function urlTruth(
  condition: Operators,
  spellings: readonly string[] | undefined,
): Truth {
  if (spellings === undefined) return "unknown";
  const { ends_with } = condition;
  return ends_with === undefined
    ? holdsOfUrl(condition, spellings)
    : agreed(spellings.map((each) => each.endsWith(ends_with)));
}

/** Looks for a pattern in a text and in what else it stands for. */
function found(
  expression: string,
  { node, text }: JudgedText,
  { readings, budget, formsOf }: CallContext,
): Truth {
  const pattern = knownPattern(expression);
  const url = readings.urlOf(node);
  const others = [formsOf(text).plain, readings.placeOf(node), url?.href];
  const texts = [text];
  for (const each of others) {
    if (each !== undefined && !texts.includes(each)) texts.push(each);
  }
  const length = texts.reduce((sum, each) => sum + each.length + 1, 0);
  if (!budget.spend("pattern", length * pattern.size)) return "unknown";
  return agreed(texts.map((each) => isFound(pattern, each)));
}
