import type { RecordedError } from "../record/event.ts";

/**
 * What a run does after its model was unavailable in every allowed try. `stop`:
 * it breaks off and can be resumed. `again`: the model is asked again, as often
 * as the policy allows. `end`: the run ends with the failure.
 */
export type AfterOutage = "stop" | "again" | "end";

/** Thrown out of a run whose model cannot be asked now; what is on record can be resumed. */
export class ModelOutageError extends Error {
  /** Tells the error apart. */
  override readonly name = "ModelOutageError";
  /** Why the last try failed, as the ledger has it. */
  readonly error: RecordedError;

  /** Takes the error of the last try. */
  constructor(error: RecordedError) {
    super(`The model could not be asked: ${error.message}`);
    this.error = error;
  }
}
