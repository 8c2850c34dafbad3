import { assertEquals, assertThrows } from "@std/assert";
import { join } from "../deps.ts";
import { lacks } from "../tests/permissions.ts";
import { temporaryFolder } from "../tests/program.ts";
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
