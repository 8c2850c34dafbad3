import { assertEquals, assertThrows } from "@std/assert";
import { join } from "../../deps.ts";
import { lacks } from "../../tests/permissions.ts";
import { temporaryFolder } from "../../tests/program.ts";
import { openStaging } from "./staging.ts";

const ignore = lacks("read", "write");

/** Writes files; `/` separates folders. */
function plant(root: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, name);
    Deno.mkdirSync(join(path, ".."), { recursive: true });
    Deno.writeTextFileSync(path, text);
  }
}

/** Every file below `root` with its text, without the lock. */
function filesBelow(
  root: string,
  below = "",
): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const { name, isDirectory } of Deno.readDirSync(join(root, below))) {
    const path = join(below, name);
    if (path === ".lock") continue;
    if (isDirectory) Object.assign(files, filesBelow(root, path));
    else files[path] = Deno.readTextFileSync(join(root, path));
  }
  return files;
}

Deno.test({
  name:
    "openStaging() makes runs beside the others and puts them in their place",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const root = join(folder.path, "runs");
    {
      using staging = openStaging(root);
      plant(staging.path("one"), { "trace.json": "new" });
      plant(staging.path("gates/two"), { "trace.json": "new" });
      assertEquals(filesBelow(root)["one/trace.json"], undefined);
      staging.swap("one");
      staging.swap("gates/two");
    }
    assertEquals(filesBelow(root), {
      "one/trace.json": "new",
      "gates/two/trace.json": "new",
    });
    assertEquals([...Deno.readDirSync(root)].map(({ name }) => name).sort(), [
      ".lock",
      "gates",
      "one",
    ]);
  },
});

Deno.test({
  name: "openStaging() replaces a run as a whole and leaves the others alone",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const root = folder.path;
    plant(root, {
      "one/trace.json": "old",
      "one/stale.txt": "old",
      "two/trace.json": "old",
    });
    {
      using staging = openStaging(root);
      plant(staging.path("one"), { "trace.json": "new" });
      staging.swap("one");
    }
    assertEquals(filesBelow(root), {
      "one/trace.json": "new",
      "two/trace.json": "old",
    });
  },
});

Deno.test({
  name: "openStaging() replaces a file at the place of a run",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const root = folder.path;
    plant(root, { one: "no directory" });
    {
      using staging = openStaging(root);
      plant(staging.path("one"), { "trace.json": "new" });
      staging.swap("one");
    }
    assertEquals(filesBelow(root), { "one/trace.json": "new" });
  },
});

Deno.test({
  name:
    "openStaging() keeps what is there when the run that should replace it was not made",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const root = folder.path;
    plant(root, { "one/trace.json": "old" });
    {
      using staging = openStaging(root);
      assertThrows(() => staging.swap("one"), Deno.errors.NotFound);
    }
    assertEquals(filesBelow(root), { "one/trace.json": "old" });
  },
});

Deno.test({
  name: "openStaging() drops a run that was not swapped",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const root = folder.path;
    plant(root, { "one/trace.json": "old" });
    {
      using staging = openStaging(root);
      plant(staging.path("one"), { "trace.json": "half" });
    }
    assertEquals(filesBelow(root), { "one/trace.json": "old" });
  },
});

Deno.test({
  name: "openStaging() deletes what an interrupted process left",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const root = folder.path;
    plant(root, {
      ".staging/new/one/trace.json": "half",
      ".staging/old/one/trace.json": "old",
      "one/trace.json": "there",
    });
    using staging = openStaging(root);
    assertEquals(filesBelow(root), { "one/trace.json": "there" });
    plant(staging.path("one"), { "state.jsonl": "new" });
    staging.swap("one");
    assertEquals(filesBelow(root)["one/trace.json"], undefined);
  },
});

Deno.test({
  name: "openStaging() is refused while somebody else has it open",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const root = folder.path;
    {
      using staging = openStaging(root);
      plant(staging.path("one"), { "trace.json": "growing" });
      assertThrows(
        () => openStaging(root),
        Error,
        `Cannot write to "${root}": another process is doing so`,
      );
      assertEquals(
        Deno.readTextFileSync(join(staging.path("one"), "trace.json")),
        "growing",
      );
    }
    openStaging(root)[Symbol.dispose]();
  },
});

Deno.test({
  name: "openStaging() does not mind the lock of a process that is gone",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const root = folder.path;
    // The file stays; the lock on it went with its holder's handle.
    const holder = Deno.openSync(join(root, ".lock"), {
      create: true,
      write: true,
    });
    assertEquals(holder.tryLockSync(true), true);
    assertThrows(() => openStaging(root));
    holder.close();
    using staging = openStaging(root);
    assertEquals(typeof staging.path("one"), "string");
  },
});

Deno.test({
  name: "openStaging() puts back what a killed process had moved away",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const root = join(folder.path, "runs");
    plant(root, {
      ".staging/old/one/manifest.json": "moved",
      ".staging/old/gates/two/manifest.json": "moved",
      ".staging/old/three/manifest.json": "replaced",
      "three/manifest.json": "new",
    });
    openStaging(root)[Symbol.dispose]();
    assertEquals(filesBelow(root), {
      "one/manifest.json": "moved",
      "gates/two/manifest.json": "moved",
      "three/manifest.json": "new",
    });
  },
});
