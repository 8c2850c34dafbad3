/**
 * The closed lists of values that a record can hold. They are public and never
 * change their spelling.
 *
 * @module
 */

/** The ways in which a run can end. */
export const TERMINAL_REASONS = [
  "final_answer",
  "loop_budget",
  "policy_denial_terminal",
  "failure_mode_terminal",
  "cancelled",
  "session_closed",
] as const;

/** How a run ended; `session_closed` is the end of a run whose client kept a loop of its own. */
export type TerminalReason = typeof TERMINAL_REASONS[number];

/** The places that a model's answers, and so the proposed calls, can come from. */
export const EXECUTION_PATHS = [
  "stub",
  "local",
  "hosted",
  "replay",
  "client",
] as const;

/** Where the model's answers came from; `client`: the calls came from a loop that is not ours, and no answer is on record. */
export type ExecutionPath = typeof EXECUTION_PATHS[number];

/** The ways in which one try can end. */
export const ATTEMPT_OUTCOMES = [
  "success",
  "transient_failure",
  "exhausted",
  "non_retryable",
  "permission_denied",
] as const;

/** How one try ended; only `transient_failure` is tried again. */
export type AttemptOutcome = typeof ATTEMPT_OUTCOMES[number];

/** The ways in which something can fail, by what follows from it. */
export const FAILURE_KINDS = [
  "transient",
  "reported",
  "unhandled",
  "permission_denied",
  "cancelled",
] as const;

/**
 * What follows from a failure. `transient`: it may be tried again. `reported`:
 * the tool declares it, and the model is told. `unhandled`: it was not declared.
 * `permission_denied`: Deno or the operating system refused it. `cancelled`: the
 * run was cancelled.
 */
export type FailureKind = typeof FAILURE_KINDS[number];
