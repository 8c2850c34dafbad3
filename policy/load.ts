import { hash } from "node:crypto";
import { type PolicyDocument, policyDocument } from "./document.ts";
import { refuseIndirection } from "./plain_yaml.ts";
import { readYaml } from "./read_yaml.ts";

/** A policy that was read and found sound. */
export interface Policy {
  /** The exact text; its bytes are what the version names. */
  readonly text: string;
  /** SHA-256 of the text's bytes, 64 hex digits. */
  readonly sha256: string;
  /** The first 12 hex digits of `sha256`, as traces carry it. */
  readonly version: string;
  /** What the text says, with every key checked. */
  readonly document: PolicyDocument;
}

/**
 * Reads a policy from the text of its file; `source` names it in errors.
 *
 * @throws {InputError} when the text is not a sound policy, with every problem
 */
export function loadPolicy(text: string, source: string): Policy {
  refuseIndirection(text, source);
  const document = readYaml(text, source, policyDocument);
  const sha256 = hash("sha256", text);
  return { text, sha256, version: sha256.slice(0, 12), document };
}
