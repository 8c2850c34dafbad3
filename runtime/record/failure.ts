import type { RuleId } from "../../policy/rule.ts";
import type { AttemptOutcome, TerminalReason } from "./vocabulary.ts";

/** What happened in one step, as far as the catalogue looks at it. */
export interface StepFacts {
  /** Outcomes of every attempt, in order. */
  readonly attempts: readonly AttemptOutcome[];
  /** Rules that denied a call or, for a budget, the step; in order. */
  readonly denials: readonly RuleId[];
  /** Failures that a tool declares and that the model was told about. */
  readonly reported: number;
  /**
   * Undeclared failures: an unknown exception, a refused permission, a model
   * output that is malformed or has no answer.
   */
  readonly unhandled: number;
}

/** One way in which a step can fail. */
export interface FailureMode {
  /** Its number for people, `F1` to `F5`, as the report prints it. */
  readonly code: `F${number}`;
  /** Stable snake_case name, recorded as `failure_mode` and `agent.failure_mode`. */
  readonly id: string;
  /** What happened, in one clause for people; report and trace print it. */
  readonly meaning: string;
  /**
   * How the run ends; `null` when it continues. Under `on_deny: continue` it
   * continues after any denied call.
   */
  readonly ends: TerminalReason | null;
  /** Whether the step shows this failure, perhaps among others. */
  matches(step: StepFacts): boolean;
}

/**
 * Every failure that a step can have, in the order in which they are looked for:
 * what ends a run comes before what a run survives. A denial by a rule other
 * than `arg_schema` and `cycle_detection` is not a failure.
 */
export const FAILURE_MODES = [
  {
    code: "F2",
    id: "retry_exhaustion",
    meaning: "Every allowed attempt of one call failed",
    ends: "failure_mode_terminal",
    matches: (step: StepFacts): boolean => step.attempts.includes("exhausted"),
  },
  {
    code: "F5",
    id: "catalogued_unhandled",
    meaning:
      "A tool or the model failed in a way that nobody declared, or the model gave neither an answer nor calls",
    ends: "failure_mode_terminal",
    matches: (step: StepFacts): boolean => step.unhandled > 0,
  },
  {
    code: "F3",
    id: "schema_mismatch",
    meaning: "The arguments of a call do not fit the tool's schema",
    ends: "failure_mode_terminal",
    matches: (step: StepFacts): boolean => step.denials.includes("arg_schema"),
  },
  {
    code: "F4",
    id: "cycle_detection",
    meaning: "The model proposes the same calls over and over",
    ends: "policy_denial_terminal",
    matches: (step: StepFacts): boolean =>
      step.denials.includes("cycle_detection"),
  },
  {
    code: "F1",
    id: "tool_call_failure",
    meaning:
      "A call failed and the run went on: a later attempt succeeded, or the model was told",
    ends: null,
    matches: (step: StepFacts): boolean =>
      step.reported > 0 || step.attempts.includes("transient_failure"),
  },
] as const satisfies readonly FailureMode[];

/** The id of a failure mode, as it is recorded. */
export type FailureModeId = typeof FAILURE_MODES[number]["id"];

/** The first failure mode that a step shows, if any. */
export function failureMode(
  step: StepFacts,
): typeof FAILURE_MODES[number] | undefined {
  return FAILURE_MODES.find((mode) => mode.matches(step));
}
