import type { RecordedError } from "../record/event.ts";
import type { Usage } from "../record/usage.ts";

/**
 * Thrown instead of repeating work that is on record: the recorded failure is
 * used as it is and not classified again.
 */
export class RecordedFailure extends Error {
  override readonly name = "RecordedFailure";
  /** The error as the ledger has it. */
  readonly error: RecordedError;
  /** What the ledger has of the model's output beside the error. */
  readonly output: {
    readonly usage?: Usage | undefined;
    readonly finish_reason?: string | undefined;
    readonly raw?: string | undefined;
  };
  /** How long the run waited after it, in milliseconds. */
  readonly retryAfterMs: number;
  /** Whether the ledger says that the attempt succeeded, and its result is lost. */
  readonly lost: boolean;

  /** Takes an error from a ledger. */
  constructor(
    error: RecordedError,
    { output = {}, lost = false, retryAfterMs = 0 }: {
      readonly output?: RecordedFailure["output"];
      readonly retryAfterMs?: number;
      readonly lost?: boolean;
    } = {},
  ) {
    super(error.message);
    this.error = error;
    this.output = output;
    this.lost = lost;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * The error recorded for an effect whose outcome is unknown: the intent is on
 * disk, the receipt is not. Such a call is not sent again unless its tool is
 * idempotent.
 */
export const INDETERMINATE: RecordedError = {
  kind: "unhandled",
  type: "indeterminate",
  exception_class: "Indeterminate",
  message:
    "the process ended between the intent and the receipt; whether the effect happened is not known",
};
