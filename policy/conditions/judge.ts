import { compilePattern, type Pattern } from "../../tools/data/pattern.ts";
import type { CallName, Seen } from "../run_facts.ts";
import type { Label } from "../../tools/label.ts";
import type { Proposal } from "../rule.ts";
import type { Condition, Operators, Scalar } from "./condition.ts";
import { isOfDomain } from "./domain.ts";
import { isNamedByGlob } from "./glob.ts";
import { type Node, nodesOf } from "./nodes.ts";
import { type Readings, readingsOf } from "./readings.ts";
import {
  NO_STEPS,
  type StepBudget,
  stepBudget,
  STEPS_OF_A_DECISION,
} from "./step_budget.ts";
import { type TextForms, textForms } from "./text_forms.ts";
import { type TextOperator, textOperator } from "./text_operator.ts";
import { agreed, all, any, not, type Truth } from "./truth.ts";
import { holdsOfUrl } from "./url_condition.ts";
import { isListedUrl } from "./url_list.ts";

/** Something that a condition looked at. */
export type Basis =
  | { readonly kind: "value"; readonly path: string; readonly value: unknown }
  | {
    readonly kind: "seen";
    readonly path: string;
    readonly value: unknown;
    /** Where it was seen; `null` when nowhere, or beyond what is indexed. */
    readonly seen: Seen | null;
  }
  | {
    readonly kind: "labels";
    readonly labels: readonly (CallName & { readonly label: Label })[];
  }
  | {
    readonly kind: "ran";
    readonly tools: readonly string[];
    readonly calls: number;
  };

/** Tells what holds of one call. */
export interface Judge {
  /** Whether a condition holds, on every spelling and every value that it names. */
  truth(condition: Condition): Truth;
  /** What it looked at; of values, those of which it is as `because` says. */
  basis(
    condition: Condition,
    because: (truth: Truth) => boolean,
  ): readonly Basis[];
  /** Whether it was asked for more than a decision may take. */
  readonly isExhausted: boolean;
}

const JUDGES = new WeakMap<Proposal, Judge>();

/** The judge of a call: one for all rules, so that they share a budget and look at each value once. */
export function judgeOf(proposal: Proposal): Judge {
  const known = JUDGES.get(proposal) ??
    judgeWithin(stepBudget(STEPS_OF_A_DECISION), proposal);
  JUDGES.set(proposal, known);
  return known;
}

/**
 * Asks the judge of a call. If that takes more than a decision may, it is asked
 * again with nothing to spend: then every condition that takes steps is unknown, and
 * not only those that came last.
 */
export function judgedBy<T>(
  proposal: Proposal,
  ask: (judge: Judge) => T,
): T {
  const judge = judgeOf(proposal);
  const found = ask(judge);
  if (!judge.isExhausted) return found;
  const hurried = judgeWithin(stepBudget(NO_STEPS), proposal);
  JUDGES.set(proposal, hurried);
  return ask(hurried);
}

function judgeWithin(budget: StepBudget, proposal: Proposal): Judge {
  const nodes = nodesOf(proposal.args.value);
  const values = valueJudge(proposal, readingsOf(proposal, nodes), budget);
  const { run } = proposal;
  const truths = new Map<Condition, Truth>();

  function decided(condition: Condition): Truth {
    const { argument, after, ran } = condition;
    if (condition.any !== undefined) return any(condition.any.map(truth));
    if (condition.all !== undefined) return all(condition.all.map(truth));
    if (condition.not !== undefined) return not(truth(condition.not));
    if (after !== undefined) {
      return [after].flat().every((label) => run.labels.has(label));
    }
    if (ran !== undefined) return run.calls(ran.tools) >= (ran.at_least ?? 1);
    if (condition.any_argument === true) {
      return values.anywhere(condition, nodes.everywhere());
    }
    const found = nodes.named(argument ?? "");
    return condition.present === undefined
      ? agreed(found.map((node) => values.of(condition, node)))
      : found.length > 0 === condition.present;
  }

  function truth(condition: Condition): Truth {
    const known = truths.get(condition) ?? decided(condition);
    truths.set(condition, known);
    return known;
  }

  function basis(
    condition: Condition,
    because: (truth: Truth) => boolean,
  ): readonly Basis[] {
    const { any, all, not: denied, after, ran, seen_in } = condition;
    const parts = any ?? all;
    if (parts !== undefined) {
      return parts.filter((part) => because(truth(part)))
        .flatMap((part) => basis(part, because));
    }
    if (denied !== undefined) {
      return basis(denied, (each) => because(not(each)));
    }
    if (after !== undefined) {
      const labels = [after].flat().flatMap((label) => {
        const set = run.labels.get(label);
        return set === undefined ? [] : [{ label, ...set }];
      });
      return [{ kind: "labels", labels }];
    }
    if (ran !== undefined) {
      const { tools } = ran;
      return [{ kind: "ran", tools, calls: run.calls(tools) }];
    }
    const found = condition.any_argument === true
      ? nodes.everywhere()
      : nodes.named(condition.argument ?? "");
    const chosen = found.values().filter((node) =>
      condition.present !== undefined || because(values.of(condition, node))
    ).take(MAX_BASIS);
    return [...chosen].map(({ path, value }) => {
      if (seen_in === undefined) return { kind: "value", path, value };
      const seen = run.seen(String(value), seen_in);
      return {
        kind: "seen",
        path,
        value,
        seen: seen === "unknown" ? null : seen ?? null,
      };
    });
  }

  return {
    truth,
    basis,
    get isExhausted() {
      return budget.isExceeded;
    },
  };
}

/** How many values are named as the reason of one decision. */
const MAX_BASIS = 4;

interface ValueJudge {
  of(condition: Operators, node: Node): Truth;
  /** Whether it holds of all texts, numbers and booleans, of none, or of some. */
  anywhere(condition: Operators, nodes: readonly Node[]): Truth;
}

function valueJudge(
  { run }: Proposal,
  readings: Readings,
  budget: StepBudget,
): ValueJudge {
  const forms = new Map<string, TextForms>();
  let joined: TextForms | undefined;
  let numbers: readonly ReadNumber[] | undefined;

  function formsOf(text: string): TextForms {
    const known = forms.get(text) ?? textForms(text);
    forms.set(text, known);
    return known;
  }

  /** Compares a text, and what else it stands for, with another one. */
  function compared(
    { operand, test, ofPlace }: TextOperator,
    { node, text, condition }: {
      readonly node: Node;
      readonly text: string;
      readonly condition: Operators;
    },
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

  function found(expression: string, node: Node, text: string): Truth {
    const pattern = patternOf(expression);
    const url = readings.urlOf(node);
    const texts = new Set([
      text,
      formsOf(text).plain,
      ...optional(readings.placeOf(node)),
      ...url === undefined ? [] : [url.href],
    ]);
    const length = [...texts].reduce((sum, each) => sum + each.length + 1, 0);
    if (!budget.spend("pattern", length * pattern.size)) return "unknown";
    return agreed([...texts].map((each) => isFound(pattern, each)));
  }

  function of(condition: Operators, node: Node): Truth {
    const { value } = node;
    if (condition.not_equals !== undefined) {
      return not(of(equalTo(condition, condition.not_equals), node));
    }
    if (condition.one_of !== undefined) {
      return any(
        scalars(condition, condition.one_of).map((each) => of(each, node)),
      );
    }
    if (condition.not_one_of !== undefined) {
      return not(
        any(
          scalars(condition, condition.not_one_of).map((each) =>
            of(each, node)
          ),
        ),
      );
    }
    const items = condition.each ?? condition.some;
    if (items !== undefined) {
      if (!Array.isArray(value)) return "unknown";
      const truths = value.map((item, index) =>
        of(items, { path: `${node.path}[${index}]`, value: item })
      );
      return condition.each === undefined ? any(truths) : all(truths);
    }
    return numberTruth(condition, value) ?? sized(condition, value) ??
      equalScalar(condition, value) ?? textTruth(condition, node);
  }

  /** Characters that nobody sees make no text longer. */
  function sized(condition: Operators, value: unknown): Truth | undefined {
    const size = sizeTruth(condition, value);
    if (size === undefined || typeof value !== "string") return size;
    if (!budget.spend("characters", value.length)) return "unknown";
    const { plain } = formsOf(value);
    return plain === value
      ? size
      : agreed([size, sizeTruth(condition, plain) ?? "unknown"]);
  }

  function textTruth(condition: Operators, node: Node): Truth {
    const { value } = node;
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
    if (condition.matches !== undefined) {
      return found(condition.matches, node, value);
    }
    const operator = textOperator(condition);
    return operator === undefined
      ? "unknown"
      : compared(operator, { node, text: value, condition });
  }

  /** A number counts as its text, a boolean too, and a key as one. */
  function anywhere(condition: Operators, nodes: readonly Node[]): Truth {
    if (isNumeric(condition)) return anyNumber(condition, nodes);
    if (nodes.length === 0) return false;
    const wanted = withinReach(asText(condition), nodes);
    if (wanted === undefined) return "unknown";
    if (typeof wanted === "boolean") return wanted;
    return oneByOne(nodes.values(), (node) => {
      const { path, value } = node;
      return of(wanted, { path, value: String(value) });
    });
  }

  /** A text that reads as a number is one to some tools. */
  function anyNumber(condition: Operators, nodes: readonly Node[]): Truth {
    numbers ??= nodes.flatMap(({ path, value }): readonly ReadNumber[] => {
      if (typeof value === "number") return [{ number: value, isText: false }];
      if (typeof value !== "string" || path.endsWith("~")) return [];
      if (value.length > MAX_NUMBER_LENGTH) return [];
      const number = readAsNumber(formsOf(value).plain);
      return number === undefined ? [] : [{ number, isText: true }];
    });
    let whole: Truth | undefined;
    for (const { number, isText } of numbers) {
      const here = numberTruth(condition, number);
      if (here === true && isText) return "unknown";
      if (whole !== undefined && here !== whole) return "unknown";
      whole = here;
    }
    return whole ?? false;
  }

  /** Whether something holds of all, of none, or of some; false when there is nothing. */
  function oneByOne<T>(
    items: Iterable<T>,
    truthOf: (item: T) => Truth,
  ): Truth {
    let whole: Truth | undefined;
    for (const item of items) {
      if (!budget.spend("values", 1)) return "unknown";
      const here = truthOf(item);
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

  return { of, anywhere };
}

function optional<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}

const NUMERIC = ["greater_than", "at_least", "less_than", "at_most"] as const;

function isNumeric(condition: Operators): boolean {
  return NUMERIC.some((name) => condition[name] !== undefined);
}

function numberTruth(condition: Operators, value: unknown): Truth | undefined {
  const { greater_than, at_least, less_than, at_most } = condition;
  if (!isNumeric(condition)) return undefined;
  if (typeof value !== "number") return "unknown";
  if (greater_than !== undefined) return value > greater_than;
  if (at_least !== undefined) return value >= at_least;
  if (less_than !== undefined) return value < less_than;
  return value <= (at_most ?? -Infinity);
}

function sizeTruth(
  { longer_than, more_characters_than, fewer_characters_than }: Operators,
  value: unknown,
): Truth | undefined {
  if (
    longer_than === undefined && more_characters_than === undefined &&
    fewer_characters_than === undefined
  ) return undefined;
  if (typeof value !== "string" && !Array.isArray(value)) return "unknown";
  if (longer_than !== undefined) return value.length > longer_than;
  const size = typeof value === "string" ? [...value].length : value.length;
  return more_characters_than === undefined
    ? size < (fewer_characters_than ?? 0)
    : size > more_characters_than;
}

/** Of numbers and booleans; `undefined` for a comparison with a text. */
function equalScalar({ equals }: Operators, value: unknown): Truth | undefined {
  if (equals === undefined || typeof equals === "string") return undefined;
  return typeof value === typeof equals ? value === equals : "unknown";
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

/** Conditions that are made of others are made once, so that they are known again. */
const MADE = new WeakMap<Operators, Map<Scalar, Operators>>();

function equalTo(condition: Operators, equals: Scalar): Operators {
  const made = MADE.get(condition) ?? new Map<Scalar, Operators>();
  MADE.set(condition, made);
  const known = made.get(equals) ?? { equals };
  made.set(equals, known);
  return known;
}

function scalars(
  condition: Operators,
  values: readonly Scalar[],
): readonly Operators[] {
  return values.map((value) => equalTo(condition, value));
}

const TEXTS = new WeakMap<Operators, Operators>();

/** The same condition on texts: numbers and booleans are compared as they are written. */
function asText(condition: Operators): Operators {
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

/** A number among the arguments; perhaps it is written as a text. */
interface ReadNumber {
  readonly number: number;
  readonly isText: boolean;
}

/** Longer texts are no numbers. */
const MAX_NUMBER_LENGTH = 400;

/** The number that a text is to those who read it as one. */
function readAsNumber(plain: string): number | undefined {
  if (!/\d/.test(plain)) return undefined;
  const number = Number(plain.replaceAll(/[\s_,']/g, ""));
  return Number.isNaN(number) ? undefined : number;
}

const PATTERNS = new Map<string, Pattern>();
const MAX_PATTERNS = 1000;

/** Compiled once, however many calls are judged. */
function patternOf(expression: string): Pattern {
  const pattern = PATTERNS.get(expression) ?? compilePattern(expression);
  if (PATTERNS.size < MAX_PATTERNS) PATTERNS.set(expression, pattern);
  return pattern;
}

function isFound(pattern: Pattern, text: string): boolean {
  for (const _ of pattern.matches(text)) return true;
  return false;
}
