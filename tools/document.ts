/** One text of a corpus. */
export interface Document {
  /** Unique in its corpus; of a `.md` or `.txt` file the path without its extension, of any other the path. */
  readonly id: string;
  /** Where it lies below the corpus or, for the tools, below the sandbox; `/` between folders. */
  readonly path: string;
  /** The whole text; the first line that is not blank is its title, and that of HTML its `<title>`. */
  readonly text: string;
}

/** Returns the first line of a document that is not blank, without heading marks; else its id. */
export function documentTitle(document: Document): string {
  const line = document.text.split("\n").find((text) => text.trim() !== "");
  return (line ?? document.id).replace(/^#+\s*/, "").trim();
}
