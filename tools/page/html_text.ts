import { convert } from "npm:html-to-text@10.0.1";
import { boundedHtml } from "./bounded_html.ts";
import type { PageText } from "./page_text.ts";

const HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"];

/**
 * Makes plain text of a page of HTML: headings, paragraphs, lists and links with
 * where they lead; no scripts, styles or images. The work and the length of the
 * text are bounded for every page, since the conversion cannot be interrupted:
 * for a page that is nested too deep or whose text is too long, the result is
 * its beginning. The packages are loaded with this module, so this module is
 * loaded only when there is a page.
 */
export function htmlText(html: string): PageText {
  const { text, truncated } = boundedHtml(html);
  return {
    text: convert(text, {
      wordwrap: false,
      selectors: HEADINGS.map((selector) => ({
        selector,
        options: { uppercase: false },
      })),
    }),
    truncated,
  };
}
