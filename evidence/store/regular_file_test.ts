import { assertEquals, assertThrows } from "@std/assert";
import { join } from "../../deps.ts";
import { HOSTILE_PLACES } from "../../tests/hostile/places.ts";
import { lacks } from "../../tests/permissions.ts";
import { temporaryFolder } from "../../tests/program.ts";
import { swappedAfterLook } from "../../tests/swapped_after_look.ts";
import { openRegularFile, readRegularFile } from "./regular_file.ts";

const ignore = lacks("read", "write", "run");
const LIMIT = { maxBytes: 10 };

Deno.test({
  name: "readRegularFile() reads a file up to its limit",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const path = join(folder.path, "file");
    for (const text of ["", "a", "0123456789"]) {
      Deno.writeTextFileSync(path, text);
      const bytes = readRegularFile(path, LIMIT);
      assertEquals(new TextDecoder().decode(bytes), text);
    }
    Deno.writeTextFileSync(path, "0123456789a");
    assertThrows(
      () => readRegularFile(path, LIMIT),
      Error,
      "it has 11 bytes; up to 10 can be read",
    );
  },
});

for (const { what, lay, says } of HOSTILE_PLACES) {
  Deno.test({
    name: `openRegularFile() opens no ${what}`,
    ignore,
    fn() {
      using folder = temporaryFolder();
      const outside = join(folder.path, "outside");
      Deno.writeTextFileSync(outside, "SECRET");
      const path = join(folder.path, "file");
      lay(path, outside);
      const error = assertThrows(() => openRegularFile(path, LIMIT));
      if (says !== undefined) {
        assertEquals(error instanceof Error && error.message, says);
      }
    },
  });
}

Deno.test({
  name: "openRegularFile() opens no device",
  ignore,
  fn() {
    for (const path of ["/dev/zero", "/dev/null"]) {
      assertThrows(
        () => openRegularFile(path),
        Error,
        "it is a device, not a regular file",
      );
    }
  },
});

Deno.test({
  name: "openRegularFile() reads a file with two names only when it may",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const [path, other] = [join(folder.path, "a"), join(folder.path, "b")];
    Deno.writeTextFileSync(path, "text");
    Deno.linkSync(path, other);
    assertThrows(() => openRegularFile(path), Error, "a hard link");
    using file = openRegularFile(path, { mayHaveOtherNames: true });
    assertEquals(file.bytes, 4);
  },
});

Deno.test({
  name: "openRegularFile() reads no more than the file had when it was opened",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const path = join(folder.path, "file");
    Deno.writeTextFileSync(path, "text");
    using file = openRegularFile(path);
    Deno.writeTextFileSync(path, " and more", { append: true });
    const read = Array.from(file.chunks(), (chunk) => [...chunk]).flat();
    assertEquals(new TextDecoder().decode(new Uint8Array(read)), "text");
  },
});

for (const { what, lay } of HOSTILE_PLACES) {
  Deno.test({
    name:
      `readRegularFile() reads no ${what} that takes the place of a file after it was looked at`,
    ignore,
    fn() {
      using folder = temporaryFolder();
      const [outside, path] = [
        join(folder.path, "outside"),
        join(folder.path, "file"),
      ];
      Deno.writeTextFileSync(outside, "SECRET");
      Deno.writeTextFileSync(path, "inside");
      // The number of the file is not given to the next one while it is open.
      using _held = Deno.openSync(path);
      const swap = () => {
        Deno.removeSync(path);
        lay(path, outside);
      };
      assertThrows(() =>
        swappedAfterLook(swap, () => readRegularFile(path, LIMIT))
      );
    },
  });
}
