/** Instructions times characters that the patterns of one decision may take; some tenths of a second. */
const PATTERN_STEPS = 2 ** 24;
/** Characters that the other conditions of one decision may look at. */
const CHARACTERS = 2 ** 27;
/** Values that they may look at one by one. */
const VALUES = 2 ** 16;

/**
 * What judging one call may take, so that no arguments make a gate slow. What would
 * go beyond it is unknown. It counts steps and not time, so that a call is judged
 * the same wherever it is judged.
 */
export interface StepBudget {
  /** Whether so many are left; if so, they are spent. */
  spend(kind: "pattern" | "characters" | "values", steps: number): boolean;
}

/** A budget for one decision. */
export function stepBudget(): StepBudget {
  const left = {
    pattern: PATTERN_STEPS,
    characters: CHARACTERS,
    values: VALUES,
  };
  return {
    spend(kind, steps) {
      if (left[kind] < steps) return false;
      left[kind] -= steps;
      return true;
    },
  };
}
