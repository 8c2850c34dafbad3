import type { PolicyDocument } from "../../../policy/document/document.ts";
import type { Explanation } from "../../../policy/explanation.ts";
import type { InputProblem } from "../../../tools/data/input_error.ts";
import type { AttestationFinding } from "../../attest/attestation_finding.ts";
import type { Redecided } from "../../replay/redecide.ts";
import type { Verification } from "../../verify/verify.ts";
import type { Origin } from "./origins.ts";
import type { PolicyPlaces } from "./policy_places.ts";

/** What the page asks its checker, and what it gets; both are copied from one thread to another. */
export interface Checker {
  /** Takes the files of the run, and says where the policy on record has what. */
  open(files: ReadonlyMap<string, Uint8Array>): PolicyOnRecord;
  /** Checks the run as `verify` does. */
  check(): Verification;
  /** Says by which key the run was signed, and what is wrong with that. */
  signature(publicKey: string): Promise<Signature>;
  /** Says what each rule makes of the call that an event judges, and where its arguments come from. */
  explain(seq: number): Explained;
  /** Judges all decisions again under another policy. */
  rejudge(policyText: string): Rejudgement;
}

/** The policy of the run, as far as it can be read. */
export interface PolicyOnRecord {
  readonly text: string;
  readonly places: PolicyPlaces;
  /** `null` when the text is no policy. */
  readonly onDeny: PolicyDocument["on_deny"] | null;
}

/** What the holder of a key signed. */
export interface Signature {
  /** SHA-256 of the key; `null` when the text is not a public key. */
  readonly keyid: string | null;
  /** Empty when this key signed exactly these files. */
  readonly findings: readonly Pick<AttestationFinding, "message">[];
}

/** Why a call was judged as it was. */
export interface Explained {
  /** `null` where a budget decided, or the policy cannot be read. */
  readonly explanation: Explanation | null;
  readonly origins: readonly Origin[];
}

/** What another policy would decide. */
export type Rejudgement =
  | {
    readonly ok: true;
    /** The first 12 hex digits of the SHA-256 of the other policy. */
    readonly version: string;
    readonly redecided: Redecided;
  }
  | { readonly ok: false; readonly problems: readonly InputProblem[] };

/** A question on its way to the Worker. */
export interface Question {
  /** Tells the reply to it apart. */
  readonly id: number;
  readonly name: keyof Checker;
  readonly args: readonly unknown[];
}

/** What comes back. */
export type Reply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly message: string };
