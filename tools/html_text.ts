import { convert } from "npm:html-to-text@10.0.1";

const HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"];

/**
 * Makes plain text of a page of HTML: headings, paragraphs, lists and links with
 * where they lead; no scripts, styles or images. The package is loaded with this
 * module, so this module is loaded only when there is a page.
 */
export function htmlText(html: string): string {
  return convert(html, {
    wordwrap: false,
    // Deeper pages end at this depth instead of overflowing the stack.
    limits: { maxDepth: 256 },
    selectors: [
      { selector: "img", format: "skip" },
      ...HEADINGS.map((selector) => ({
        selector,
        options: { uppercase: false },
      })),
    ],
  });
}
