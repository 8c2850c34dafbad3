import { sha256Text } from "../tools/data/sha256.ts";

/** A document in a snapshot. */
export interface DocumentDigest {
  /** Its path below the folder of the corpus. */
  readonly path: string;
  /** SHA-256 of its bytes, 64 hex digits. */
  readonly sha256: string;
}

/** The one hash over the path and the hash of each document, in any order. */
export function corpusDigest(documents: readonly DocumentDigest[]): string {
  const lines = documents.map(({ path, sha256 }) => `${sha256}  ${path}\n`);
  return sha256Text(lines.sort().join(""));
}

/** Whether a file of a corpus can be a document; names that begin with a dot are not. */
export function isDocumentPath(path: string): boolean {
  return !/(^|\/)\./.test(path);
}
