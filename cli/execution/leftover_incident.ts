import { INCIDENTS } from "../../evidence/recording/incident.ts";
import type { RunRecord } from "../../evidence/run_store.ts";
import type { Leftover } from "../../tools/sandbox/leftover.ts";
import type { Output } from "../command/command.ts";
import { whyUnwritable } from "../../evidence/store/file_error.ts";

/**
 * Records, beside the ledger of a run, the empty entries that its writes could
 * not remove. If recording fails, that is only reported: the failed write itself
 * is on record already.
 */
export function leftoverIncidents(
  run: RunRecord,
  output: Output,
): (leftover: Leftover) => void {
  const unwritten = (error: unknown) =>
    output.error(`${run.place(INCIDENTS)}: ${whyUnwritable(error)}`);
  return ({ kind, place }) => {
    const leftover = { type: "leftover", kind, place } as const;
    Promise.try(run.addIncident, leftover).catch(unwritten);
  };
}
