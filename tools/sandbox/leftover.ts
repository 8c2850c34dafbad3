/** Something empty that a write made and could not take away again. */
export interface Leftover {
  /** What it is. */
  readonly kind: "file" | "directory";
  /**
   * The place for which it was made: `<sandbox>/…`. Where another program has
   * swapped a directory on the way meanwhile, it stands elsewhere.
   */
  readonly place: string;
}
