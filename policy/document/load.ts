import { sha256Text } from "../../tools/data/sha256.ts";
import { type PolicyDocument, policyDocument } from "./document.ts";
import { refuseIndirection } from "./indirection.ts";
import { readYamlTree } from "./read_yaml.ts";
import { yamlTree } from "./yaml_tree.ts";

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
  const tree = yamlTree(text);
  refuseIndirection(tree, source);
  const document = readYamlTree(tree, { text, source, schema: policyDocument });
  const sha256 = sha256Text(text);
  return { text, sha256, version: sha256.slice(0, 12), document };
}
