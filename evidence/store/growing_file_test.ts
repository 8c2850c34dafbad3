import { assertEquals, assertThrows } from "@std/assert";
import { join } from "../../deps.ts";
import { lacks } from "../../tests/permissions.ts";
import { temporaryFolder } from "../../tests/program.ts";
import { HOSTILE_PLACES } from "../../tests/hostile/places.ts";
import { swappedAfterLook } from "../../tests/swapped_after_look.ts";
import { growingFile } from "./growing_file.ts";

const ignore = lacks("read", "write");

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

Deno.test({
  name: "growingFile() writes bytes at once and to the end",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const path = join(folder.path, "state.jsonl");
    using file = growingFile(path);
    file.append(bytes('{"a":"ä€😀"}\n'));
    assertEquals(Deno.readTextFileSync(path), '{"a":"ä€😀"}\n');
    file.append(bytes("{}\n"));
    file.sync();
    assertEquals(Deno.readTextFileSync(path), '{"a":"ä€😀"}\n{}\n');
  },
});

Deno.test({
  name: "growingFile() may be disposed of twice",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const file = growingFile(join(folder.path, "state.jsonl"));
    file[Symbol.dispose]();
    file[Symbol.dispose]();
  },
});

Deno.test({
  name: "growingFile() writes a line that is larger than any buffer",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const path = join(folder.path, "state.jsonl");
    using file = growingFile(path);
    file.append(new Uint8Array(5_000_000));
    assertEquals(Deno.statSync(path).size, 5_000_000);
  },
});

Deno.test({
  name: "growingFile() refuses a ledger that is there, and leaves it alone",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const path = join(folder.path, "state.jsonl");
    Deno.writeTextFileSync(path, "{}\n");
    assertThrows(
      () => growingFile(path),
      Deno.errors.AlreadyExists,
    );
    assertEquals(Deno.readTextFileSync(path), "{}\n");
  },
});

Deno.test({
  name: "growingFile() refuses a link, even one that leads nowhere",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const path = join(folder.path, "state.jsonl");
    Deno.symlinkSync(join(folder.path, "elsewhere"), path);
    assertThrows(
      () => growingFile(path),
      Deno.errors.AlreadyExists,
    );
  },
});

Deno.test({
  name: "growingFile() cannot be written to when it is disposed of",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const file = growingFile(join(folder.path, "state.jsonl"));
    file[Symbol.dispose]();
    assertThrows(() => file.append(bytes("{}\n")), Deno.errors.BadResource);
  },
});

/** A file with a text; `length` bytes of it stay. */
function grown(text: string, length: number) {
  const kept: string[] = [];
  const keep = (rest: Uint8Array) => {
    kept.push(new TextDecoder().decode(rest));
  };
  return { kept, past: { bytes: bytes(text), length, keep } };
}

Deno.test({
  name: "growingFile() hands over the rest, then continues after what stays",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const path = join(folder.path, "state.jsonl");
    Deno.writeTextFileSync(path, '{"a":1}\n{"b"');
    const { kept, past } = grown('{"a":1}\n{"b"', 8);
    let before = "";
    using file = growingFile(path, {
      ...past,
      keep(rest) {
        before = Deno.readTextFileSync(path);
        past.keep(rest);
      },
    });
    assertEquals(before, '{"a":1}\n{"b"');
    assertEquals(kept, ['{"b"']);
    assertEquals(Deno.readTextFileSync(path), '{"a":1}\n');
    file.append(bytes("{}\n"));
    assertEquals(Deno.readTextFileSync(path), '{"a":1}\n{}\n');
  },
});

Deno.test({
  name: "growingFile() keeps nothing when nothing is cut off",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const path = join(folder.path, "state.jsonl");
    Deno.writeTextFileSync(path, "{}\n");
    const { kept, past } = grown("{}\n", 3);
    using _file = growingFile(path, past);
    assertEquals(kept, []);
  },
});

Deno.test({
  name: "growingFile() cuts nothing off when the rest cannot be kept",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const path = join(folder.path, "state.jsonl");
    Deno.writeTextFileSync(path, "{}\n{");
    const keep = () => {
      throw new Error("No space left on device");
    };
    const past = { ...grown("{}\n{", 3).past, keep };
    assertThrows(() => growingFile(path, past), Error, "No space left");
    assertEquals(Deno.readTextFileSync(path), "{}\n{");
  },
});

for (
  const { name, text } of [
    { name: "has grown", text: "{}\n{}\n" },
    { name: "has shrunk", text: "{}" },
    { name: "is another one of the same size", text: "[]\n" },
  ]
) {
  Deno.test({
    name: `growingFile() leaves a file alone that ${name} since it was read`,
    ignore,
    fn() {
      using folder = temporaryFolder();
      const path = join(folder.path, "state.jsonl");
      Deno.writeTextFileSync(path, text);
      assertThrows(
        () => growingFile(path, grown("{}\n", 3).past),
        Deno.errors.Busy,
        "another process has written",
      );
      assertEquals(Deno.readTextFileSync(path), text);
    },
  });
}

Deno.test({
  name: "growingFile() leaves a file alone that another handle has locked",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const path = join(folder.path, "state.jsonl");
    const first = growingFile(path);
    first.append(bytes("{}\n{"));
    assertThrows(
      () => growingFile(path, grown("{}\n{", 3).past),
      Deno.errors.Busy,
      "another process writes",
    );
    assertEquals(Deno.readTextFileSync(path), "{}\n{");
    first[Symbol.dispose]();
  },
});

Deno.test({
  name: "growingFile() does not go on with a file that is not there",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const path = join(folder.path, "state.jsonl");
    assertThrows(
      () => growingFile(path, grown("", 0).past),
      Deno.errors.NotFound,
    );
  },
});

Deno.test({
  name: "growingFile() ends where it ended before when an append fails",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const path = join(folder.path, "state.jsonl");
    using file = growingFile(path);
    file.append(bytes("{}\n"));
    // The system takes half of it, and then no more.
    const half = bytes('{"half":1}\n');
    const broken = new Proxy(half, {
      get(target, key) {
        if (key === "length") return target.length;
        if (key !== "subarray") return undefined;
        return (at: number) => {
          if (at > 0) throw new Error("No space left on device");
          return target.subarray(0, 5);
        };
      },
    });
    assertThrows(() => file.append(broken), Error, "No space left");
    assertEquals(Deno.readTextFileSync(path), "{}\n");
    file.append(bytes("[]\n"));
    assertEquals(Deno.readTextFileSync(path), "{}\n[]\n");
  },
});

for (const { what, lay, says } of HOSTILE_PLACES) {
  for (const isSwapped of [false, true]) {
    const when = isSwapped ? " that takes the place of a file" : "";
    Deno.test({
      name: `growingFile() does not continue ${what}${when}`,
      ignore: lacks("read", "write", "run"),
      fn() {
        using folder = temporaryFolder();
        const [outside, path] = [
          join(folder.path, "outside"),
          join(folder.path, "state.jsonl"),
        ];
        Deno.writeTextFileSync(outside, "{}\n");
        Deno.writeTextFileSync(path, "{}\n");
        using _held = Deno.openSync(path);
        const swap = () => {
          Deno.removeSync(path);
          lay(path, outside);
        };
        const open = () => {
          using file = growingFile(path, grown("{}\n", 0).past);
          file.append(bytes("more"));
        };
        if (!isSwapped) swap();
        const error = assertThrows(() =>
          isSwapped ? swappedAfterLook(swap, open) : open()
        );
        if (!isSwapped && says !== undefined && !/up to/.test(says)) {
          assertEquals(error instanceof Error && error.message, says);
        }
        assertEquals(Deno.readTextFileSync(outside), "{}\n");
      },
    });
  }
}
