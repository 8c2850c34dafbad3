import { assertEquals, assertThrows } from "@std/assert";
import { join } from "../../deps.ts";
import { HOSTILE_PLACES } from "../../tests/hostile/places.ts";
import { lacks } from "../../tests/permissions.ts";
import { temporaryFolder } from "../../tests/program.ts";
import { swappedAfterLook } from "../../tests/swapped_after_look.ts";
import { appendedFile } from "./appended_file.ts";

const ignore = lacks("read", "write", "run");
const LIMIT = { maxBytes: 10 };

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

Deno.test({
  name: "appendedFile() creates a file, and adds to one that is there",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const path = join(folder.path, "file");
    for (const text of ["one\n", "two\n"]) {
      using file = appendedFile(path, LIMIT);
      file.append(bytes(text));
    }
    using file = appendedFile(path, LIMIT);
    assertEquals(new TextDecoder().decode(file.read()), "one\ntwo\n");
  },
});

Deno.test({
  name: "appendedFile() adds nothing that is too much",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const path = join(folder.path, "file");
    using file = appendedFile(path, LIMIT);
    file.append(bytes("12345"));
    assertThrows(
      () => file.append(bytes("678901")),
      Error,
      "it has 5 bytes, and its limit is 10",
    );
    assertEquals(Deno.readTextFileSync(path), "12345");
  },
});

Deno.test({
  name: "appendedFile() keeps others out as long as it is locked",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const path = join(folder.path, "file");
    const first = appendedFile(path, LIMIT);
    using second = appendedFile(path, LIMIT);
    assertEquals([first.tryLock(), second.tryLock()], [true, false]);
    first[Symbol.dispose]();
    assertEquals(second.tryLock(), true);
  },
});

Deno.test({
  name: "appendedFile() locks no file that was taken away meanwhile",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const path = join(folder.path, "file");
    using file = appendedFile(path, LIMIT);
    Deno.renameSync(path, `${path}.old`);
    Deno.writeTextFileSync(path, "");
    assertThrows(() => file.tryLock(), Error, "it was exchanged");
  },
});

for (const { what, lay, says } of HOSTILE_PLACES) {
  for (const isSwapped of [false, true]) {
    const when = isSwapped ? " that takes the place of a file" : "";
    Deno.test({
      name: `appendedFile() opens no ${what}${when}`,
      ignore,
      fn() {
        using folder = temporaryFolder();
        const [outside, path] = [
          join(folder.path, "outside"),
          join(folder.path, "file"),
        ];
        Deno.writeTextFileSync(outside, "SECRET");
        Deno.writeTextFileSync(path, "");
        using _held = Deno.openSync(path);
        const swap = () => {
          Deno.removeSync(path);
          lay(path, outside);
        };
        const open = () => {
          using file = appendedFile(path, LIMIT);
          file.append(bytes("more"));
        };
        if (!isSwapped) swap();
        const error = assertThrows(() =>
          isSwapped ? swappedAfterLook(swap, open) : open()
        );
        if (!isSwapped && says !== undefined) {
          assertEquals(error instanceof Error && error.message, says);
        }
        assertEquals(Deno.readTextFileSync(outside), "SECRET");
      },
    });
  }
}
