import { assertEquals } from "@std/assert";
import { documentTitle } from "./document.ts";

const TITLES = [
  { text: "# Pumps\n\nBody", want: "Pumps", what: "a heading" },
  { text: "###   Deep\nBody", want: "Deep", what: "a heading of any level" },
  {
    text: "\n \n\nFirst line\nsecond",
    want: "First line",
    what: "a plain line",
  },
  {
    text: "  # 5 rules #1\r\n",
    want: "# 5 rules #1",
    what: "an indented mark",
  },
  { text: "", want: "op-a1", what: "the id of an empty document" },
  { text: " \n\t\n", want: "op-a1", what: "the id of a blank document" },
  { text: "\ufeff# Pumps\n", want: "Pumps", what: "a heading after a mark" },
  {
    text: "\r\n# Pumps\r\n\r\nBody\r\n",
    want: "Pumps",
    what: "a heading between line ends of Windows",
  },
  {
    text: "# Pumps\r\rBody",
    want: "Pumps",
    what: "a heading between line ends of old",
  },
  {
    text: "---\ntitle: Pumps & valves\ntags: [a]\n---\n\n# Other\n",
    want: "Pumps & valves",
    what: "the title of front matter",
  },
  {
    text: "\ufeff---\r\ntitle: 'It''s: x'\r\n---\r\nBody\r\n",
    want: "It's: x",
    what: "the title of front matter after a mark, with line ends of Windows",
  },
  {
    text: "---\ntitle: >\n  Two\n  lines\n...\n",
    want: "Two lines",
    what: "a title on two lines, in one",
  },
  {
    text: "---\ntitle: 2024\n---\n# Other",
    want: "2024",
    what: "a title that is a number",
  },
  {
    text: "---\nauthor: x\n---\n\n# Pumps\n",
    want: "Pumps",
    what: "the heading after front matter without a title",
  },
  {
    text: "---\n---\n# Pumps\n",
    want: "Pumps",
    what: "the heading after empty front matter",
  },
  {
    text: "---\ntitle: [a]\n---\n# Pumps\n",
    want: "Pumps",
    what: "the heading after a title that is not text",
  },
  {
    text: "---\ntitle: ''\n---\n# Pumps\n",
    want: "Pumps",
    what: "the heading after an empty title",
  },
  {
    text: "---\na: [\n---\n# Pumps\n",
    want: "Pumps",
    what: "the heading after front matter that is not YAML",
  },
  {
    text: "---\ntitle: x\n---",
    want: "x",
    what: "the title of a document that is nothing but front matter",
  },
  {
    text: "---\nauthor: x\n---\n",
    want: "op-a1",
    what: "the id of a document that is nothing but its author",
  },
  {
    text: "---\ntitle: x\n# Never closed\n",
    want: "---",
    what: "the first line where front matter is never closed",
  },
  {
    text: "# Pumps\n---\ntitle: x\n---\n",
    want: "Pumps",
    what: "the heading before what looks like front matter",
  },
  {
    text: "----\ntitle: x\n---\n",
    want: "----",
    what: "the first line where there are four dashes",
  },
];

for (const { text, want, what } of TITLES) {
  Deno.test(`documentTitle() returns ${what}`, () => {
    const document = { id: "op-a1", path: "op-a1.md", text };
    assertEquals(documentTitle(document), want);
  });
}
