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
];

for (const { text, want, what } of TITLES) {
  Deno.test(`documentTitle() returns ${what}`, () => {
    const document = { id: "op-a1", path: "op-a1.md", text };
    assertEquals(documentTitle(document), want);
  });
}
