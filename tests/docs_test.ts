import { assertEquals, assertNotEquals } from "@std/assert";
import { join } from "../deps.ts";
import { cellsOf, DOCUMENTED, withTable } from "./docs_tables.ts";
import { lacks } from "./permissions.ts";
import { PROJECT } from "./program.ts";

for (const [path, table] of DOCUMENTED) {
  Deno.test({
    name: `the table of ${path} is what code and fixtures say`,
    ignore: lacks("read"),
    fn() {
      const page = Deno.readTextFileSync(join(PROJECT, path));
      const cells = cellsOf(page);
      assertNotEquals(cells, []);
      assertEquals(cells, cellsOf(withTable(page, table)));
    },
  });
}
