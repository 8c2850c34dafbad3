/**
 * Checks the record of a run, as the command `verify` does, without making its
 * decisions again. It runs in a browser: it loads no parser of YAML, no engine for
 * regular expressions and nothing of Node's, and touches nothing but the bytes that
 * it is given. `./verify/decisions` makes the decisions again too.
 *
 * @example A record whose bytes are at hand
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { bytesSource, verifyRun } from "./mod.ts";
 *
 * const { findings, redecided } = await verifyRun(bytesSource(new Map()));
 * assertEquals(redecided, false);
 * assertEquals(findings[0]?.code, "file_missing");
 * ```
 *
 * @module
 */
import type { ArtifactSource } from "../artifact_source.ts";
import { mayHaveKey } from "../policy_key.ts";
import { firstPolicy } from "./first_policy.ts";
import type { KeptElsewhere } from "./kept_elsewhere.ts";
import type { PolicyReader } from "./policy_reader.ts";
import { type Verification, verifyRecord } from "./verify.ts";

export type { ArtifactName, Artifacts } from "../artifacts.ts";
export {
  type ArtifactEntry,
  type ArtifactSource,
  bytesSource,
  memorySource,
  type SandboxEntry,
  type SandboxSource,
} from "../artifact_source.ts";
export type { ContentRedaction } from "../../policy/plain_content.ts";
export type { Json } from "../../tools/data/json.ts";
export type { ArtifactDigest } from "../recording/manifest.ts";
export type {
  ReadRedaction,
  ReportRedaction,
} from "../report/report_redaction.ts";
export {
  type Finding,
  type FindingCode,
  type FindingKind,
  FINDINGS,
} from "./finding.ts";
export type { KeptElsewhere, PolicyReader, Verification };

/** What a record is verified with beside its own bytes. */
export interface VerifyOptions extends KeptElsewhere {
  /**
   * Loads what reads a policy; `policyReader` of `./verify/decisions` does. It is
   * asked only for a record whose policy may redact its report, or limit the cost or
   * how long an answer counts. Default: such a record gets the finding
   * `policy_unread`, and what the policy would say is not checked.
   */
  readonly policies?: (() => Promise<PolicyReader>) | undefined;
}

/**
 * Verifies what a run left behind, from its bytes alone, without making its
 * decisions again. The ledger's first line is read first, and then every artifact
 * once, in constant memory.
 *
 * @throws whatever `source` and `policies` throw
 */
export async function verifyRun(
  source: ArtifactSource,
  { policies, ...kept }: VerifyOptions = {},
): Promise<Verification> {
  const text = firstPolicy(source);
  const isAsked = mayHaveKey(text, "redact") ||
    mayHaveKey(text, "expires_seconds") || mayHaveKey(text, "max_cost");
  return verifyRecord(source, {
    ...kept,
    // A first line that is another one by then finds no reader, and is reported.
    policies: isAsked ? await policies?.() : undefined,
  });
}
