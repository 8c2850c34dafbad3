/**
 * A signed attestation of a run: a DSSE envelope around an in-toto statement
 * that names the four artifacts by their digests. A hash chain does not detect a
 * dropped tail or a rewritten ledger; a signature does.
 *
 * @module
 */
import { z } from "../../deps.ts";
import { canonicalize } from "../../tools/data/canonicalize.ts";
import { parseStrictDocument, type StrictDocument } from "./strict_document.ts";
import type { ArtifactName } from "../artifacts.ts";
import type {
  AttestationFinding,
  AttestationFindingCode,
} from "./attestation_finding.ts";
import { openEnvelope, sealEnvelope } from "./dsse.ts";
import { parseManifest } from "./manifest_document.ts";
import type { PublicKey, SigningKey } from "./signing_key.ts";
import {
  LINK_PREDICATE_TYPE,
  linkPredicateOf,
  type ResourceDescriptor,
  STATEMENT_PAYLOAD_TYPE,
  STATEMENT_TYPE,
  statementOf,
  SUBJECT_NAMES,
} from "./statement.ts";

/** Name of the file beside the artifacts that attests them. */
export const ATTESTATION_NAME = "attestation.json";

/** What an attestation is about. */
export interface AttestedRun {
  /** Text of `manifest.json`. */
  readonly manifest: string;
  /** SHA-256 of each artifact's bytes, in hex. */
  readonly digests: Readonly<Record<ArtifactName, string>>;
}

/**
 * Writes the text of `attestation.json`: pretty-printed JSON with one signature
 * and one final newline. The same run and key give the same bytes, since
 * Ed25519 draws no random number.
 *
 * @throws {TypeError} when the manifest cannot be read
 * @throws {RangeError} when an artifact is not the one that the manifest names
 */
export async function attest(
  { manifest, digests }: AttestedRun,
  key: SigningKey,
): Promise<string> {
  const document = parseManifest(manifest);
  for (const name of SUBJECT_NAMES) {
    if (
      name !== "manifest.json" &&
      document.artifacts[name].sha256 !== digests[name]
    ) {
      throw new RangeError(
        `Cannot attest ${name}: its SHA-256 is not the one in manifest.json`,
      );
    }
  }
  const statement = JSON.stringify(statementOf(document, digests));
  return await sealEnvelope({
    payloadType: STATEMENT_PAYLOAD_TYPE,
    payload: new TextEncoder().encode(statement),
  }, key);
}

/** An attestation, and what it is checked against. */
export interface AttestationCheck {
  /** Text of `attestation.json`; `undefined` when there is none. */
  readonly text: string | undefined;
  /** The trusted key, obtained from elsewhere than the run. */
  readonly publicKey: PublicKey;
  /** SHA-256 of the bytes of each artifact that is there, in hex. */
  readonly digests: Readonly<Partial<Record<ArtifactName, string>>>;
  /** Text of `manifest.json`; `undefined` when there is none. */
  readonly manifest: string | undefined;
}

/**
 * Lists what is wrong with an attestation; an empty list means that the holder
 * of the key signed exactly these four artifacts. Nothing of the payload is
 * trusted or reported before the signature is verified.
 */
export async function attestationFindings(
  { text, publicKey, digests, manifest }: AttestationCheck,
): Promise<readonly AttestationFinding[]> {
  if (text === undefined) {
    return found("attestation_missing", `there is no ${ATTESTATION_NAME}`);
  }
  const opened = await openEnvelope(text, {
    payloadType: STATEMENT_PAYLOAD_TYPE,
    publicKey,
  });
  if (!opened.ok) return found(opened.code, opened.message);
  const read = readStatement(opened.payload);
  if (!read.ok) return found("statement_malformed", read.reason);
  const { subject, predicate } = read.value;
  const subjects = subjectFindings(subject, digests);
  // What the manifest says matters only when it is the manifest that was signed.
  return subjects.length > 0
    ? subjects
    : predicateFindings(predicate, manifest);
}

function found(
  code: AttestationFindingCode,
  message: string,
): readonly AttestationFinding[] {
  return [{ code, message }];
}

interface SignedStatement {
  readonly subject: readonly ResourceDescriptor[];
  readonly predicate: unknown;
}

const signedStatement: z.ZodMiniType<SignedStatement> = z.strictObject({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.array(z.strictObject({
    name: z.string(),
    digest: z.strictObject({
      sha256: z.string().check(
        z.regex(/^[0-9a-f]{64}$/, "expected 64 hex digits"),
      ),
    }),
  })),
  predicateType: z.literal(LINK_PREDICATE_TYPE),
  predicate: z.unknown(),
});

function readStatement(payload: Uint8Array): StrictDocument<SignedStatement> {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(payload);
  } catch {
    return { ok: false, reason: "the payload is not UTF-8 text" };
  }
  return parseStrictDocument(text, signedStatement);
}

function subjectFindings(
  subjects: readonly ResourceDescriptor[],
  digests: AttestationCheck["digests"],
): readonly AttestationFinding[] {
  const findings: AttestationFinding[] = [];
  const signed = new Map<string, string>();
  for (const { name, digest } of subjects) {
    const known = SUBJECT_NAMES.some((each) => each === name);
    if (!known || signed.has(name)) {
      findings.push({
        code: "subject_unexpected",
        message: `${JSON.stringify(name)} is ${
          known ? "named twice" : "not an artifact of a run"
        }`,
      });
    } else signed.set(name, digest.sha256);
  }
  for (const name of SUBJECT_NAMES) {
    const [want, have] = [signed.get(name), digests[name]];
    if (want === undefined) {
      findings.push({
        code: "subject_missing",
        message: `${name} is not covered by the signature`,
      });
    } else if (want !== have) {
      findings.push({
        code: "subject_differs",
        message: `${name}: signed ${want}, found ${
          have ?? "none: it is not there, or was not read to its end"
        }`,
      });
    }
  }
  return findings;
}

function predicateFindings(
  predicate: unknown,
  manifest: string | undefined,
): readonly AttestationFinding[] {
  try {
    const expected = linkPredicateOf(parseManifest(manifest ?? ""));
    if (canonicalize(predicate) === canonicalize(expected)) return [];
    return found(
      "predicate_differs",
      "the predicate is not what manifest.json says",
    );
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return found("predicate_differs", why);
  }
}
