/**
 * The shape of `v1/manifest.json`.
 *
 * @module
 */

/** One document of the corpus, pinned to its exact bytes. */
export interface CorpusManifestEntry {
  /** The id by which documents refer to one another, such as `op-07`. */
  readonly id: string;
  /** The file name, relative to the manifest. */
  readonly path: string;
  /** SHA-256 of the file's bytes: 64 lowercase hex digits. */
  readonly sha256: string;
  /** Length of the text in Unicode code points. */
  readonly characters: number;
}

/** What the corpus holds and which seed rebuilds it. */
export interface CorpusManifest {
  /** Version of this format; 1 today. */
  readonly version: number;
  /** The seed that every drawn fact comes from. */
  readonly seed: number;
  /** The documents in the order of their ids. */
  readonly documents: readonly CorpusManifestEntry[];
}
