/** Instructions times characters that the patterns of one decision may take: some tenths of a second. */
const PATTERN_STEPS = 2 ** 24;
/** Characters that the other conditions of one decision may look at. */
const CHARACTERS = 2 ** 27;
/** Values that they may look at one by one. */
const VALUES = 2 ** 16;

/**
 * How many steps judging one call may take, so that no arguments make a gate slow. A
 * condition that would take more is unknown. It counts steps and not time, so that a call is judged
 * the same wherever it is judged.
 */
export interface StepBudget {
  /** Spends steps; returns false, and spends none, if fewer are left. */
  spend(kind: StepKind, steps: number): boolean;
  /** Whether more steps were asked for than were left. */
  readonly isExceeded: boolean;
}

type StepKind = "pattern" | "characters" | "values";

/** What one decision may take. */
export const STEPS_OF_A_DECISION: Readonly<Record<StepKind, number>> = {
  pattern: PATTERN_STEPS,
  characters: CHARACTERS,
  values: VALUES,
};

/** No steps: every condition that takes steps is unknown. */
export const NO_STEPS: Readonly<Record<StepKind, number>> = {
  pattern: 0,
  characters: 0,
  values: 0,
};

/** Makes a budget of some steps of each kind. */
export function stepBudget(
  steps: Readonly<Record<StepKind, number>>,
): StepBudget {
  const left = { ...steps };
  let isExceeded = false;
  return {
    spend(kind, steps) {
      if (left[kind] < steps) {
        isExceeded = true;
        return false;
      }
      left[kind] -= steps;
      return true;
    },
    get isExceeded() {
      return isExceeded;
    },
  };
}
