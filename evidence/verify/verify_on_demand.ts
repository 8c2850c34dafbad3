import type { ArtifactSource } from "../artifact_source.ts";
import type { VerifyOptions } from "./decisions/verify_run.ts";
import type { Verification } from "./verify.ts";

/**
 * Verifies what a run left behind, from its bytes alone: nothing is run, and
 * nothing but `source` is asked. Every artifact is read once and at the same
 * time as the others, in constant memory. What verifies is loaded when it is first
 * called, since most programs that run an agent never do.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const { findings } = await verifyRun({
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
export async function verifyRun(
  source: ArtifactSource,
  options?: VerifyOptions,
): Promise<Verification> {
  const verify = await import("./decisions/verify_run.ts");
  return verify.verifyRun(source, options);
}
