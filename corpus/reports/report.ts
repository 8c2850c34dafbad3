/**
 * What every report of the corpus has in common.
 *
 * @module
 */
import type { Draw } from "../seeded.ts";

/** One report: prose that is fixed, around facts that are drawn. */
export interface Report {
  /** The document's id, `op-01` to `op-25`. */
  readonly id: string;
  /**
   * Writes the report. Facts come from `draw`; what follows from another fact
   * (an end time, a sum, a share) is computed, never drawn a second time.
   */
  write(draw: Draw): string;
}
