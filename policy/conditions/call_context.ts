import type { Proposal } from "../rule.ts";
import type { RunFacts } from "../run_facts.ts";
import { type ManyValues, manyValues } from "./many_values.ts";
import type { Node, Nodes } from "./nodes.ts";
import { type Readings, readingsOf } from "./readings.ts";
import { type SearchedTexts, searchedTexts } from "./searched_texts.ts";
import type { StepBudget } from "./step_budget.ts";
import { type TextForms, textForms } from "./text_forms.ts";

/** What the conditions on one call share, so that each text and list is worked out once. */
export interface CallContext {
  readonly run: RunFacts;
  readonly readings: Readings;
  readonly budget: StepBudget;
  /** The forms of a text. */
  formsOf(text: string): TextForms;
  /** Some texts, to be searched together. */
  searched(texts: readonly string[]): SearchedTexts;
  /** The same values together. */
  together(nodes: readonly Node[]): ManyValues;
  /** The items of a list; `undefined` for another value. */
  itemsOf(node: Node): readonly Node[] | undefined;
}

/** Makes what the conditions on one call share. */
export function callContext(
  proposal: Proposal,
  nodes: Nodes,
  budget: StepBudget,
): CallContext {
  const readings = readingsOf(proposal, nodes);
  const formsOf = remembered(textForms);
  const searched = (texts: readonly string[]) =>
    searchedTexts(texts, { formsOf, budget });
  return {
    run: proposal.run,
    readings,
    budget,
    formsOf,
    searched,
    together: remembered(
      (nodes: readonly Node[]) => manyValues(nodes, { readings, searched }),
    ),
    itemsOf: remembered(itemsOf),
  };
}

function itemsOf({ path, value }: Node): readonly Node[] | undefined {
  return Array.isArray(value)
    ? value.map((item, index) => ({ path: `${path}[${index}]`, value: item }))
    : undefined;
}

/** Makes a function that computes each value once and remembers it. */
function remembered<Key, Value>(
  work: (key: Key) => Value,
): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    const found = known.get(key) ?? work(key);
    known.set(key, found);
    return found;
  };
}
