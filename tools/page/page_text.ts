/** What a page says, as far as it was read. */
export interface PageText {
  /** The text, or the beginning of it. */
  readonly text: string;
  /** Whether the page says more. */
  readonly truncated: boolean;
}
