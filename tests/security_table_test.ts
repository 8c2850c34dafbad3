/**
 * The table of promises in SECURITY.md names modules, tests and families: all of
 * them must be there, and no family may be missing.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { join } from "../deps.ts";
import { exists } from "../evidence/store/exists.ts";
import { HOSTILE_CASES } from "./hostile/cases.ts";
import { FAMILIES } from "./hostile/families.ts";
import { lacks } from "./permissions.ts";
import { PROJECT } from "./program.ts";

const reads = { ignore: lacks("read") };

/** The rows of the table below `heading`, without its head, as cells. */
function rowsBelow(heading: string, page: string): readonly string[][] {
  const section = page.split(/^## /m).find((each) =>
    each.startsWith(`${heading}\n`)
  );
  return (section ?? "").split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()))
    .slice(2);
}

/** The content of code spans. */
function spansOf(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, span = ""]) => span);
}

function isPath(span: string): boolean {
  return span.includes("/") || span.includes(".");
}

/** What is wrong with one row. */
function faultsOf(cells: readonly string[]): readonly string[] {
  const [promise = "", enforced = "", attacked = "", open = ""] = cells;
  const faults: string[] = [];
  if (cells.length !== 4 || promise === "" || open === "") {
    faults.push(`${promise}: a row has four cells, none empty`);
  }
  const modules = spansOf(enforced);
  const attacks = spansOf(attacked);
  if (modules.length === 0) faults.push(`${promise}: nothing enforces it`);
  if (attacks.length === 0) faults.push(`${promise}: nothing attacks it`);
  for (const path of [...modules, ...attacks].filter(isPath)) {
    if (!exists(join(PROJECT, path))) {
      faults.push(`${promise}: there is no ${path}`);
    }
  }
  for (const name of attacks) {
    if (
      isPath(name) ? !/_(test|checks)\.ts$/.test(name) : !FAMILIES.has(name)
    ) {
      faults.push(`${promise}: ${name} is neither a test nor a family`);
    }
  }
  return faults;
}

Deno.test(
  "each promise of SECURITY.md names modules and tests that exist",
  reads,
  () => {
    const page = Deno.readTextFileSync(join(PROJECT, "SECURITY.md"));
    const rows = rowsBelow("What is promised", page);
    assert(rows.length > 20, `${rows.length} rows`);
    assertEquals(rows.flatMap(faultsOf), []);
    const named = new Set(rows.flatMap(([, , cell = ""]) => spansOf(cell)));
    const missing = [...FAMILIES.keys()].filter((name) => !named.has(name));
    assertEquals(missing, []);
  },
);

for (
  const { what, cells } of [
    {
      what: "a module that is gone",
      cells: ["p", "`policy/gone.ts`", "`record`", "x"],
    },
    {
      what: "a test that is gone",
      cells: ["p", "`mod.ts`", "`tests/gone_test.ts`", "x"],
    },
    {
      what: "a family that is none",
      cells: ["p", "`mod.ts`", "`moon`", "x"],
    },
    { what: "no test", cells: ["p", "`mod.ts`", "", "x"] },
    { what: "an empty cell", cells: ["p", "`mod.ts`", "`record`", ""] },
  ]
) {
  Deno.test(`the table of promises may not have ${what}`, reads, () => {
    assertEquals(faultsOf(cells).length, 1);
  });
}

Deno.test(
  "SECURITY.md, README and docs count the cases that are played",
  reads,
  () => {
    const cases = HOSTILE_CASES.filter(({ family }) =>
      family !== "run_directory"
    );
    for (const name of ["SECURITY.md", "README.md", "docs/hostile-input.md"]) {
      const page = Deno.readTextFileSync(join(PROJECT, name));
      const [, count] = /(\d+) attacks and\s+look-alikes/.exec(page) ?? [];
      assertEquals(count, String(cases.length), name);
    }
  },
);
