import { assertEquals } from "@std/assert";
import { layOut } from "./layout.ts";

const LONG = "word ".repeat(40).trim();

Deno.test("layOut() keeps title, metadata and headings as they are", () => {
  const prose = "\n# T\n\nDate: x\nTeam: y\n\n## H\n\nOne\nline.\n";
  assertEquals(layOut(prose), "# T\n\nDate: x\nTeam: y\n\n## H\n\nOne line.\n");
});

Deno.test("layOut() fills paragraphs to 92 columns", () => {
  const lines = layOut(`# T\n\nM\n\n${LONG}`).split("\n").slice(4, -1);
  assertEquals(lines.map((line) => line.length), [89, 89, 19]);
  assertEquals(lines.join(" "), LONG);
});

Deno.test("layOut() indents what continues a list item", () => {
  const page = layOut(`# T\n\nM\n\n1. ${LONG}\n   end\n2. Two`);
  assertEquals(page.split("\n").slice(4).map((line) => line.slice(0, 7)), [
    "1. word",
    "   word",
    "   word",
    "2. Two",
    "",
  ]);
});
