import type { StepBudget } from "./step_budget.ts";
import { type Fingerprint, fingerprint } from "./fingerprint.ts";
import { type TextForms, textForms } from "./text_forms.ts";

/** Texts of a call that are searched for the operands of many conditions. */
export interface SearchedTexts {
  /** Whether one of them contains an operand, in its own spelling or another; `undefined` beyond the budget. */
  have(operand: TextForms): boolean | undefined;
}

/** The forms of a longer text are made for it alone, since other conditions need them too. */
const LONG = 256;

/** Makes texts that are searched together. Their forms are made at the first search. */
export function searchedTexts(
  texts: readonly string[],
  { formsOf, budget }: {
    readonly formsOf: (text: string) => TextForms;
    readonly budget: StepBudget;
  },
): SearchedTexts {
  let known: { forms: readonly TextForms[]; parts: Fingerprint } | undefined;

  function searched() {
    if (known !== undefined) return known;
    const short = texts.filter((text) => text.length <= LONG).join("\u0000");
    const long = texts.filter((text) => text.length > LONG);
    const forms = [textForms(short), ...long.map(formsOf)];
    const parts = fingerprint();
    for (const { exact, loose } of forms) {
      parts.add(exact);
      if (loose !== exact) parts.add(loose);
    }
    known = { forms, parts };
    return known;
  }

  return {
    have(operand) {
      const { forms, parts } = searched();
      const { exact, loose } = operand;
      if (!budget.spend("characters", exact.length + loose.length)) {
        return undefined;
      }
      if (!parts.mayHave(loose) && !parts.mayHave(exact)) return false;
      const length = forms.reduce(
        (sum, each) => sum + each.exact.length + each.loose.length,
        0,
      );
      if (!budget.spend("characters", length)) return undefined;
      return forms.some((each) =>
        each.loose.includes(loose) || each.exact.includes(exact)
      );
    },
  };
}
