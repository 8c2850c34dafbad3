import type { ArtifactName } from "../artifacts.ts";
import type { ManifestDocument } from "./manifest_document.ts";

/** Media type of a statement, which DSSE signs with it (in-toto Attestation Framework v1, envelope). */
export const STATEMENT_PAYLOAD_TYPE = "application/vnd.in-toto+json";

/** Type of an in-toto Statement v1. */
export const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";

/** Type of an in-toto Link predicate v0.3. */
export const LINK_PREDICATE_TYPE = "https://in-toto.io/attestation/link/v0.3";

/** The artifacts that a statement is about, in its order. */
export const SUBJECT_NAMES = [
  "manifest.json",
  "run_report.md",
  "state.jsonl",
  "trace.json",
] as const satisfies readonly ArtifactName[];

/** A thing by name and digest: an in-toto ResourceDescriptor v1. */
export interface ResourceDescriptor<Algorithm extends string = "sha256"> {
  readonly name: string;
  /** Lower-case hex, by algorithm: an in-toto DigestSet v1. */
  readonly digest: Readonly<Record<Algorithm, string>>;
}

/**
 * The inputs and products of a run: an in-toto Link predicate v0.3
 * (https://github.com/in-toto/attestation/blob/main/spec/predicates/link.md),
 * the evidence that one step with these inputs made the subjects.
 */
export interface LinkPredicate {
  /** Name of the step. */
  readonly name: "run";
  /** Inputs that have a digest: `code`, `corpus`, `llm_script`, `policy`, `task`. */
  readonly materials: readonly (
    | ResourceDescriptor
    | ResourceDescriptor<"gitCommit">
  )[];
  readonly byproducts: {
    readonly run_id: string;
    readonly terminal_reason: string;
    readonly ledger: { readonly lines: number; readonly head: string };
  };
  readonly environment: {
    readonly version: string;
    readonly seed: number;
    readonly llm_execution_path: string;
  };
}

/** An in-toto Statement v1 (https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md). */
export interface Statement {
  readonly _type: typeof STATEMENT_TYPE;
  readonly subject: readonly ResourceDescriptor[];
  readonly predicateType: typeof LINK_PREDICATE_TYPE;
  readonly predicate: LinkPredicate;
}

/** States which four files a run left, by their SHA-256. */
export function statementOf(
  manifest: ManifestDocument,
  digests: Readonly<Record<ArtifactName, string>>,
): Statement {
  return {
    _type: STATEMENT_TYPE,
    subject: SUBJECT_NAMES.map((name) => described(name, digests[name])),
    predicateType: LINK_PREDICATE_TYPE,
    predicate: linkPredicateOf(manifest),
  };
}

/** Says what a manifest says, as an in-toto Link predicate. */
export function linkPredicateOf(
  { run_id, code, inputs, outcome, ledger }: ManifestDocument,
): LinkPredicate {
  const { git_sha } = code;
  const { llm_script_sha256 } = inputs;
  return {
    name: "run",
    materials: [
      ...git_sha === null
        ? []
        : [{ name: "code", digest: { gitCommit: git_sha } }],
      described("corpus", inputs.corpus_sha256),
      ...llm_script_sha256 === null
        ? []
        : [described("llm_script", llm_script_sha256)],
      described("policy", inputs.policy_sha256),
      described("task", inputs.task_sha256),
    ],
    byproducts: {
      run_id,
      terminal_reason: outcome.terminal_reason,
      ledger: { lines: ledger.lines, head: ledger.head },
    },
    environment: {
      version: code.version,
      seed: inputs.seed,
      llm_execution_path: inputs.llm_execution_path,
    },
  };
}

function described(name: string, sha256: string): ResourceDescriptor {
  return { name, digest: { sha256 } };
}
