import type { ArtifactSource } from "../../artifact_source.ts";
import type { KeptElsewhere } from "../kept_elsewhere.ts";
import { type Verification, verifyRecord } from "../verify.ts";
import { DECISIONS } from "./decided_again.ts";
import { policyReader } from "./recorded_policy.ts";

/** What a run is verified with beside its own bytes. */
export interface VerifyOptions extends KeptElsewhere {
  /**
   * Whether every decision is made again from the policy, the calls and the facts
   * on record. Default: true.
   */
  readonly redecide?: boolean | undefined;
}

/**
 * Verifies what a run left behind, from its bytes alone: nothing is run, and
 * nothing but `source` is asked. Every artifact is read once and at the same
 * time as the others, in constant memory.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const { findings } = verifyRun({
 *   entries: () => [{ name: "notes.txt", kind: "file" }],
 *   chunks: () => [],
 * });
 * assertEquals(findings.map(({ code }) => code), [
 *   "file_missing",
 *   "run_unfinished",
 *   "file_unexpected",
 * ]);
 * ```
 *
 * @throws whatever `source` throws
 */
export function verifyRun(
  source: ArtifactSource,
  { redecide = true, ...kept }: VerifyOptions = {},
): Verification {
  return verifyRecord(source, {
    ...kept,
    policies: policyReader,
    decisions: redecide ? DECISIONS : undefined,
  });
}
