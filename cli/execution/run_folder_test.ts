import { assertEquals, assertThrows } from "@std/assert";
import { join } from "../../deps.ts";
import { InputError } from "../../tools/data/input_error.ts";
import { lacks } from "../../tests/permissions.ts";
import { temporaryFolder } from "../../tests/program.ts";
import { UsageError } from "../command/command.ts";
import { freeFolder, namedFolder } from "./run_folder.ts";

const needs = { ignore: lacks("read", "write") };

function names(folder: string): readonly string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

Deno.test("freeFolder() gives each run a folder of its own", needs, () => {
  using folder = temporaryFolder();
  const base = join(folder.path, "runs/task_0");
  const given = [1, 2, 3].map(() => freeFolder(base).path);
  assertEquals(given, [base, `${base}_2`, `${base}_3`]);
});

Deno.test("freeFolder() takes no place where something is", needs, () => {
  using folder = temporaryFolder();
  const base = join(folder.path, "task_0");
  Deno.writeTextFileSync(base, "a file");
  Deno.symlinkSync("nowhere", `${base}_2`);
  Deno.mkdirSync(`${base}_3`);
  assertEquals(freeFolder(base).path, `${base}_4`);
  assertEquals(names(`${base}_3`), []);
});

Deno.test(
  "freeFolder() leaves nothing of a run that did not begin",
  needs,
  () => {
    using folder = temporaryFolder();
    const base = join(folder.path, "task_0");
    {
      using empty = freeFolder(base);
      using used = freeFolder(base);
      Deno.mkdirSync(join(used.path, "sandbox"));
      assertEquals([empty.path, used.path], [base, `${base}_2`]);
    }
    assertEquals(names(folder.path), ["task_0_2"]);
  },
);

Deno.test("freeFolder() says where it cannot make one", needs, () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "runs");
  Deno.writeTextFileSync(file, "a file");
  const error = assertThrows(
    () => freeFolder(join(file, "task_0")),
    InputError,
  );
  assertEquals(
    error.message,
    `${file}/task_0: cannot write the run there: it is not a folder`,
  );
});

Deno.test(
  "namedFolder() takes an empty folder, or one that is not there",
  needs,
  () => {
    using folder = temporaryFolder();
    const path = join(folder.path, "out");
    assertEquals(namedFolder(path).path, path);
    assertEquals(names(folder.path), []);
    Deno.mkdirSync(path);
    assertEquals(namedFolder(path).path, path);
    Deno.writeTextFileSync(join(path, "note.md"), "");
    assertThrows(
      () => namedFolder(path),
      UsageError,
      "the folder is not empty",
    );
  },
);
