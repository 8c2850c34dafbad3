/** An empty file or directory that a write made and could not remove. */
export interface Leftover {
  /** What it is. */
  readonly kind: "file" | "directory";
  /**
   * The place for which it was made: `<sandbox>/…`. If another program has
   * swapped a directory on the way meanwhile, it is elsewhere.
   */
  readonly place: string;
}
