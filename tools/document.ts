/** One text of a corpus. */
export interface Document {
  /** Unique in its corpus: the file's name without its extension. */
  readonly id: string;
  /** Where it lies below the corpus, with `/` between folders. */
  readonly path: string;
  readonly text: string;
}

/** Returns the first heading or non-empty line of a document, without its marks. */
export function documentTitle(document: Document): string {
  const line = document.text.split("\n").find((text) => text.trim() !== "");
  return (line ?? document.id).replace(/^#+\s*/, "").trim();
}
