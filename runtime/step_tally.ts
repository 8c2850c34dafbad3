import type { RuleId } from "../policy/rule.ts";
import type { AttemptOutcome } from "./record/vocabulary.ts";
import type { CallOutcome, Ending } from "./session/call_outcome.ts";

/** Counts of one step for the failure catalogue, as `StepFacts` has them. */
export interface StepTally {
  readonly attempts: AttemptOutcome[];
  readonly denials: RuleId[];
  reported: number;
  unhandled: number;
}

/** Starts the counts of a step. */
export function emptyTally(): StepTally {
  return { attempts: [], denials: [], reported: 0, unhandled: 0 };
}

/** Adds the outcome of a call. */
export function countOutcome(tally: StepTally, outcome: CallOutcome): void {
  tally.attempts.push(...outcome.attempts);
  switch (outcome.type) {
    case "reported":
      tally.reported += 1;
      break;
    case "denied":
      countDenial(tally, outcome.rule);
      break;
    case "ended":
      countEnding(tally, outcome.why);
  }
}

function countEnding(tally: StepTally, why: Ending): void {
  if (why.type === "denied" || why.type === "denied_too_often") {
    countDenial(tally, why.rule);
  }
  if (why.type === "failed" && why.error.kind !== "transient") {
    tally.unhandled += 1;
  }
}

function countDenial(tally: StepTally, rule: RuleId | null): void {
  if (rule !== null) tally.denials.push(rule);
}
