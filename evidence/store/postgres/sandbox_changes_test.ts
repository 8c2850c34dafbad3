import { assertEquals } from "@std/assert";
import { join } from "../../../deps.ts";
import { lacks } from "../../../tests/permissions.ts";
import { temporaryFolder } from "../../../tests/program.ts";
import { sandboxChanges } from "./sandbox_changes.ts";

const ignore = lacks("read", "write");

function texts(changes: ReturnType<ReturnType<typeof sandboxChanges>>) {
  return changes.map(({ path, content }) => [
    path,
    content && new TextDecoder().decode(content),
  ]);
}

Deno.test({
  name: "sandboxChanges() tells what was written, changed and removed",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const place = (path: string) => join(folder.path, path);
    const changes = sandboxChanges(folder.path);
    assertEquals(changes(), []);
    Deno.mkdirSync(place("notes"));
    Deno.writeTextFileSync(place("notes/a.txt"), "one");
    assertEquals(texts(changes()), [["notes/a.txt", "one"]]);
    assertEquals(changes(), []);
    // The same size, within the same tick of the clock, with the times as before.
    const { mtime, atime } = Deno.statSync(place("notes/a.txt"));
    Deno.writeTextFileSync(place("notes/a.txt"), "two");
    if (mtime !== null && atime !== null) {
      Deno.utimeSync(place("notes/a.txt"), atime, mtime);
    }
    assertEquals(texts(changes()), [["notes/a.txt", "two"]]);
    Deno.removeSync(place("notes/a.txt"));
    assertEquals(texts(changes()), [["notes/a.txt", undefined]]);
    assertEquals(changes(), []);
  },
});

Deno.test({
  name: "sandboxChanges() looks at no link and at no file with two names",
  ignore,
  fn() {
    using folder = temporaryFolder();
    using outside = temporaryFolder();
    Deno.writeTextFileSync(join(outside.path, "secret"), "SECRET");
    Deno.symlinkSync(join(outside.path, "secret"), join(folder.path, "soft"));
    Deno.symlinkSync(outside.path, join(folder.path, "folder"));
    Deno.linkSync(join(outside.path, "secret"), join(folder.path, "hard"));
    assertEquals(sandboxChanges(folder.path)(), []);
  },
});
