import type { RunEvent } from "../record/event.ts";

/** Where a run differs from its record. */
export interface Divergence {
  /** Number of the first event that differs. */
  readonly seq: number;
  /** What is on record; `undefined` when the record has ended. */
  readonly expected: RunEvent | undefined;
  /** What the loop did; `undefined` when it had ended, or would have gone beyond the record. */
  readonly found: RunEvent | undefined;
}

/** Thrown into a run that differs from its record. */
export class DivergenceError extends Error {
  /** Tells the error apart. */
  override readonly name = "DivergenceError";
  /** Where, and how. */
  readonly divergence: Divergence;

  /** Names the event. */
  constructor(divergence: Divergence) {
    super(`Cannot go on: event ${divergence.seq} is not what is on record`);
    this.divergence = divergence;
  }
}
