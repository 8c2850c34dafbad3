import { assert, assertEquals } from "@std/assert";
import { boundedHtml } from "./bounded_html.ts";
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
    assertEquals(htmlText(html), { text, truncated: false });
  });
}

/** Pages of this many characters are the longest that `fetch` reads. */
const LONGEST = 2 ** 18;

function filled(unit: string, before = ""): string {
  return before +
    unit.repeat(Math.floor((LONGEST - before.length) / unit.length));
}

/** What makes a reader work more than the square of a page, each of the longest. */
const HEAVY = [
  { what: "quotations", html: filled("a<br>", "<blockquote>".repeat(250)) },
  { what: "lists", html: filled("a<br>", "<ul><li>".repeat(250)) },
  {
    what: "long markers",
    html: filled("a<br>", "<ol type=I start=3888><li>".repeat(120)),
  },
  {
    what: "quotations and lists",
    html: filled("a<br>", "<blockquote><ol start=-9999999><li>".repeat(120)),
  },
  {
    what: "preformatted lines in quotations",
    html: filled("\n", `${"<blockquote>".repeat(250)}<pre>`) + "a",
  },
  { what: "rules", html: filled("<hr>", "<blockquote>".repeat(250)) },
  { what: "lists that are not closed", html: filled("<ul><li>a") },
  { what: "quotations that are not closed", html: filled("<blockquote>a") },
  { what: "links within links", html: filled("a ", "<a href=x>".repeat(250)) },
  { what: "links that are not closed", html: filled("<a href=x>a") },
  { what: "ends of what is not open", html: filled("</i>", "<b>".repeat(900)) },
  { what: "headings", html: filled("<h1>a", "<blockquote>".repeat(250)) },
  {
    what: "cells that span",
    html: filled("<table><tr><td colspan=999999999 rowspan=1e9>a"),
  },
  { what: "items beyond Roman numerals", html: filled("<li>a", "<ol type=i>") },
  { what: "escapes", html: filled("&#1;") },
  { what: "tags that do not end", html: filled("<a<b ") },
];

for (const { what, html } of HEAVY) {
  Deno.test(`htmlText() bounds what it makes of ${what}`, () => {
    const reduced = boundedHtml(html);
    const { text } = htmlText(html);
    assert(text.length <= 2 ** 20, `${text.length} characters`);
    assert(JSON.stringify(text).length < 2 ** 22);
    // The reduced page is not larger, and not indented deeper.
    assert(reduced.text.length <= 2 ** 21, `${reduced.text.length} characters`);
    assert(depthOf(reduced.text, /<(\/?)(?:blockquote|[ou]l)\b/g) <= 8);
    assert(depthOf(reduced.text, /<(\/?)a\b/g) <= 1);
  });
}

/** How many tags are open within one another at the most. */
function depthOf(html: string, tag: RegExp): number {
  let open = 0;
  let most = 0;
  for (const [, slash] of html.matchAll(tag)) {
    open += slash === "" ? 1 : -1;
    most = Math.max(most, open);
  }
  return most;
}

/** Lists whose numbers cannot be written as they ask. */
for (
  const { list, text } of [
    { list: 'type="I" start="10000"', text: " 10000. a\n 10001. b" },
    { list: 'type="I" start="3999"', text: " 3999. a\n 4000. b" },
    { list: 'type="I" start="3998"', text: " MMMCMXCVIII. a\n MMMCMXCIX.   b" },
    { list: 'type="i" start="0"', text: " 0. a\n 1. b" },
    { list: 'type="i" start="-5"', text: " -5. a\n -4. b" },
    { list: 'type="a" start="0"', text: " 0. a\n 1. b" },
    { list: 'type="a" start="26"', text: " z.  a\n aa. b" },
    { list: 'type="A" start="1e300"', text: " A. a\n B. b" },
    { list: 'type="i" start="x"', text: " i.  a\n ii. b" },
    { list: 'type="square" start="7"', text: " 7. a\n 8. b" },
    { list: 'start="2.9"', text: " 2. a\n 3. b" },
    { list: 'start="NaN"', text: " 1. a\n 2. b" },
    { list: 'start="Infinity"', text: " 1. a\n 2. b" },
    {
      list: 'start="999999999999999999999"',
      text: " 2147483647. a\n 2147483648. b",
    },
    { list: "start", text: " 1. a\n 2. b" },
  ]
) {
  Deno.test(`htmlText() counts in a list with ${list}`, () => {
    assertEquals(htmlText(`<ol ${list}><li>a<li>b</ol>`), {
      text,
      truncated: false,
    });
  });
}

Deno.test("htmlText() keeps the text of what is nested deep, and says where it ends", () => {
  const nested = (depth: number) =>
    htmlText(
      `<p>top</p>${"<div>".repeat(depth)}core${
        "</div>".repeat(depth)
      }<p>end</p>`,
    );
  assertEquals(nested(1000), { text: "top\n\ncore\n\nend", truncated: false });
  assertEquals(nested(10_000), { text: "top\n\n", truncated: true });
});

Deno.test("htmlText() reads lists and quotations as deep as people write them", () => {
  const depth = 6;
  const html = `${"<ul><li>a".repeat(depth)}${"</ul>".repeat(depth)}`;
  assertEquals(
    htmlText(html).text,
    Array.from(
      { length: depth },
      (_, at) => `${at === 0 ? " " : "   ".padEnd(3 + 2 * (at - 1))}* a`,
    ).join("\n"),
  );
});
