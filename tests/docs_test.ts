import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { join } from "../deps.ts";
import { cellsOf, DOCUMENTED, withTables } from "./docs_tables.ts";
import { lacks } from "./permissions.ts";
import { PROJECT } from "./program.ts";

for (const [path, tables] of DOCUMENTED) {
  Deno.test({
    name: `what is generated in ${path} is what code and fixtures say`,
    ignore: lacks("read"),
    fn() {
      const page = Deno.readTextFileSync(join(PROJECT, path));
      const cells = cellsOf(page);
      assertNotEquals(cells, []);
      assertEquals(cells, cellsOf(withTables(page, tables)));
    },
  });
}

Deno.test("withTables() puts each table between marks of its own", () => {
  const [begin, end] = [
    "<!-- generated: deno task docs -->",
    "<!-- end of what is generated -->",
  ];
  const page = `a\n${begin}\nold $1\n${end}\nb\n${begin}${end}\nc\n`;
  assertEquals(
    withTables(page, ["| $& |", "| 2 |"]),
    `a\n${begin}\n\n| $& |\n\n${end}\nb\n${begin}\n\n| 2 |\n\n${end}\nc\n`,
  );
  for (const tables of [["| 1 |"], ["| 1 |", "| 2 |", "| 3 |"]]) {
    assertThrows(() => withTables(page, tables), RangeError);
  }
});
