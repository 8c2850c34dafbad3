import { assert, assertEquals } from "@std/assert";
import { htmlText } from "./html_text.ts";

const PAGES = [
  { what: "nothing", html: "", text: "" },
  { what: "text without a tag", html: "a &lt; b", text: "a < b" },
  {
    what: "headings, in the case in which they stand, and paragraphs",
    html: "<h1>One</h1><p>a</p><p>b\n c</p><h2>Two</h2>d",
    text: "One\n\na\n\nb c\n\n\nTwo\n\nd",
  },
  { what: "a list", html: "<ul><li>a<li>b</ul>", text: " * a\n * b" },
  {
    what: "a link with where it leads",
    html: '<p><a href="https://a.test/?x=1&amp;y">there</a></p>',
    text: "there [https://a.test/?x=1&y]",
  },
  {
    what: "no script, style, comment or image",
    html:
      '<script>alert(1)</script><style>p{}</style><!-- c --><img src="x" alt="y">a',
    text: "a",
  },
  {
    what: "a line of any length",
    html: `<p>${"word ".repeat(100)}</p>`,
    text: "word ".repeat(100).trim(),
  },
  {
    what: "entities and characters beyond ASCII",
    html: "<p>K&auml;se &#x1F600; naïve</p>",
    text: "Käse 😀 naïve",
  },
  { what: "a tag that is never closed", html: "<p>a<b>b", text: "ab" },
];

for (const { what, html, text } of PAGES) {
  Deno.test(`htmlText() of ${what}`, () => {
    assertEquals(htmlText(html), text);
  });
}

Deno.test("htmlText() survives a page that is nested very deep", () => {
  const depth = 10_000;
  const html = `<p>top</p>${"<div>".repeat(depth)}core${
    "</div>".repeat(depth)
  }`;
  assert(htmlText(html).startsWith("top"));
});
