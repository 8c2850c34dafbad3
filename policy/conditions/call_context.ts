import type { Proposal } from "../rule.ts";
import type { RunFacts } from "../run_facts.ts";
import type { Nodes } from "./nodes.ts";
import { type Readings, readingsOf } from "./readings.ts";
import type { StepBudget } from "./step_budget.ts";
import { type TextForms, textForms } from "./text_forms.ts";

/** What the conditions on one call share. */
export interface CallContext {
  readonly run: RunFacts;
  readonly readings: Readings;
  readonly budget: StepBudget;
  /** The forms of a text of the call, made once. */
  formsOf(text: string): TextForms;
}

/** Makes what the conditions on one call share. */
export function callContext(
  proposal: Proposal,
  nodes: Nodes,
  budget: StepBudget,
): CallContext {
  const forms = new Map<string, TextForms>();
  return {
    run: proposal.run,
    readings: readingsOf(proposal, nodes),
    budget,
    formsOf(text) {
      const known = forms.get(text) ?? textForms(text);
      forms.set(text, known);
      return known;
    },
  };
}
