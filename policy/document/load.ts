import { sha256Text } from "../../tools/data/sha256.ts";
import { CLAUSE_SECTIONS } from "./clauses.ts";
import { type PolicyDocument, policyDocument } from "./document.ts";
import { refuseIndirection } from "./indirection.ts";
import { readYamlTree } from "./read_yaml.ts";
import { type YamlTree, yamlTree } from "./yaml_tree.ts";

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
  /** On which line each clause begins, from 1, by its place: `deny[2]`, `unlisted_hosts`. */
  readonly lines: ReadonlyMap<string, number>;
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
  const lines = clauseLines(document, tree);
  return { text, sha256, version: sha256.slice(0, 12), document, lines };
}

function clauseLines(
  document: PolicyDocument,
  tree: YamlTree,
): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  const unlisted = tree.lineOf(["unlisted_hosts"]);
  if (document.unlisted_hosts !== undefined && unlisted !== undefined) {
    lines.set("unlisted_hosts", unlisted);
  }
  for (const section of CLAUSE_SECTIONS) {
    for (const index of (document[section] ?? []).keys()) {
      const line = tree.lineOf([section, index]);
      if (line !== undefined) lines.set(`${section}[${index}]`, line);
    }
  }
  return lines;
}
