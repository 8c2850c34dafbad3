import { assertEquals, assertThrows } from "@std/assert";
import { join } from "../../deps.ts";
import { lacks } from "../../tests/permissions.ts";
import { temporaryFolder } from "../../tests/program.ts";
import { storedRun } from "./stored_run.ts";

const ignore = lacks("read", "write");

Deno.test({
  name: "storedRun() tells files, folders and links apart",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const { path } = folder;
    Deno.writeTextFileSync(join(path, "state.jsonl"), "{}\n");
    Deno.symlinkSync(join(path, "state.jsonl"), join(path, "trace.json"));
    Deno.mkdirSync(join(path, "sandbox"));
    const entries = storedRun(path).entries().toSorted((a, b) =>
      a.name.localeCompare(b.name)
    );
    assertEquals(entries, [
      { name: "sandbox", kind: "directory" },
      { name: "state.jsonl", kind: "file", bytes: 3, names: 1 },
      { name: "trace.json", kind: "other" },
    ]);
  },
});

Deno.test({
  name: "storedRun() reads a file of any size in chunks",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const { path } = folder;
    for (const size of [0, 1, 2 ** 18, 2 ** 18 + 1, 700_000]) {
      const bytes = Uint8Array.from({ length: size }, (_, n) => n % 251);
      Deno.writeFileSync(join(path, "trace.json"), bytes);
      const read: number[] = [];
      for (const chunk of storedRun(path).chunks("trace.json")) {
        for (const byte of chunk) read.push(byte);
      }
      assertEquals(new Uint8Array(read), bytes, `${size} bytes`);
    }
  },
});

Deno.test({
  name: "storedRun() throws when there is no such directory",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const run = storedRun(join(folder.path, "none"));
    assertThrows(() => run.entries(), Deno.errors.NotFound);
  },
});
