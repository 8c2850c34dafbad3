/**
 * Checks the record of a run and makes every decision again, as the command
 * `verify` does. It runs in a browser, with the parsers and rules that deciding
 * takes; `./verify` is smaller and leaves the decisions out.
 *
 * @example A record whose bytes are at hand
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { bytesSource, verifyRun } from "./mod.ts";
 *
 * const { findings, redecided } = await verifyRun(bytesSource(new Map()));
 * assertEquals(redecided, true);
 * assertEquals(findings[0]?.code, "file_missing");
 * ```
 *
 * @module
 */
import { promised } from "../../../tools/data/promised.ts";
import type { ArtifactSource } from "../../artifact_source.ts";
import type { KeptElsewhere } from "../kept_elsewhere.ts";
import type { Verification } from "../verify.ts";
import { verifyRun as verifiedRun } from "./verify_run.ts";

export type { ArtifactName, Artifacts } from "../../artifacts.ts";
export {
  type ArtifactEntry,
  type ArtifactSource,
  bytesSource,
  memorySource,
  type SandboxEntry,
  type SandboxSource,
} from "../../artifact_source.ts";
export type { ContentRedaction } from "../../../policy/plain_content.ts";
export type { Json } from "../../../tools/data/json.ts";
export type { ArtifactDigest } from "../../recording/manifest.ts";
export type {
  ReadRedaction,
  ReportRedaction,
} from "../../report/report_redaction.ts";
export {
  type Finding,
  type FindingCode,
  type FindingKind,
  FINDINGS,
} from "../finding.ts";
export type { PolicyReader } from "../policy_reader.ts";
export { policyReader } from "./recorded_policy.ts";
export type { KeptElsewhere, Verification };

/**
 * Verifies what a run left behind, from its bytes alone, and makes every decision
 * again from the policy, the calls and the facts on record. Every artifact is read
 * once, in constant memory.
 *
 * @throws whatever `source` throws
 */
export function verifyRun(
  source: ArtifactSource,
  kept: KeptElsewhere = {},
): Promise<Verification> {
  return promised(() => verifiedRun(source, kept));
}
