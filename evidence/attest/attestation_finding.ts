import type { FindingKind } from "../verify/finding.ts";

/** What can be wrong with an attestation, in the order of the checks. */
export const ATTESTATION_FINDINGS = [
  {
    code: "attestation_missing",
    meaning: "`attestation.json` is missing",
    otherwise: "There is an attestation",
  },
  {
    code: "attestation_malformed",
    meaning:
      "The file is not an envelope as this program writes it, to the byte",
    otherwise: "The envelope is spelled as the program spells it",
  },
  {
    code: "signature_key",
    meaning: "The envelope names another key than the one it is verified with",
    otherwise: "The envelope names the key given",
  },
  {
    code: "signature_invalid",
    meaning: "The signature is not one of this key over this payload",
    otherwise: "The holder of the key signed this payload",
  },
  {
    code: "statement_malformed",
    meaning:
      "What was signed is not an in-toto statement of a run, or has a key twice",
    otherwise: "What was signed is a statement that has one meaning",
  },
  {
    code: "subject_missing",
    meaning: "The statement leaves out an artifact",
    otherwise: "All four artifacts were signed",
  },
  {
    code: "subject_unexpected",
    meaning:
      "The statement names something that is not an artifact, or one twice",
    otherwise: "Exactly the four artifacts were signed, each once",
  },
  {
    code: "subject_differs",
    meaning:
      "An artifact is not there, or its bytes are not those that were signed",
    otherwise: "The artifacts are, byte for byte, those that were signed",
  },
  {
    code: "predicate_differs",
    meaning:
      "The statement and the manifest that it covers do not say the same",
    otherwise: "What the statement says of the run is what its manifest says",
  },
] as const satisfies readonly FindingKind[];

/** Stable name of one thing that is wrong with an attestation. */
export type AttestationFindingCode =
  typeof ATTESTATION_FINDINGS[number]["code"];

/** The codes alone, in the order of `ATTESTATION_FINDINGS`. */
export const ATTESTATION_FINDING_CODES: readonly AttestationFindingCode[] =
  ATTESTATION_FINDINGS.map(({ code }) => code);

/** One thing that is wrong with an attestation. */
export interface AttestationFinding {
  /** Which kind of thing, as in `ATTESTATION_FINDINGS`. */
  readonly code: AttestationFindingCode;
  /** What was found, for people. */
  readonly message: string;
}
