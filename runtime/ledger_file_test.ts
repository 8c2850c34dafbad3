import { assertEquals, assertThrows } from "@std/assert";
import { join } from "../deps.ts";
import { createLedgerFile } from "./ledger_file.ts";

/** These tests touch the disk; without the permission they are ignored. */
const ignore = (["read", "write"] as const).some((name) =>
  Deno.permissions.querySync({ name }).state !== "granted"
);

/** A directory that is gone when the test is over. */
function scratch(): { readonly path: string } & Disposable {
  const path = Deno.makeTempDirSync();
  return {
    path,
    [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }),
  };
}

for (const durability of ["none", "intent"] as const) {
  Deno.test({
    name:
      `createLedgerFile() writes lines at once and to the end, durable: ${durability}`,
    ignore,
    fn() {
      using directory = scratch();
      const path = join(directory.path, "state.jsonl");
      using ledger = createLedgerFile(path, durability);
      ledger.append('{"a":"ä€😀"}\n');
      assertEquals(Deno.readTextFileSync(path), '{"a":"ä€😀"}\n');
      ledger.append("{}\n");
      ledger.sync();
      assertEquals(Deno.readTextFileSync(path), '{"a":"ä€😀"}\n{}\n');
    },
  });
}

Deno.test({
  name: "createLedgerFile() writes a line that is larger than any buffer",
  ignore,
  fn() {
    using directory = scratch();
    const path = join(directory.path, "state.jsonl");
    using ledger = createLedgerFile(path, "none");
    ledger.append("x".repeat(5_000_000));
    assertEquals(Deno.statSync(path).size, 5_000_000);
  },
});

Deno.test({
  name:
    "createLedgerFile() refuses a ledger that is there, and leaves it alone",
  ignore,
  fn() {
    using directory = scratch();
    const path = join(directory.path, "state.jsonl");
    Deno.writeTextFileSync(path, "{}\n");
    assertThrows(
      () => createLedgerFile(path, "none"),
      Deno.errors.AlreadyExists,
    );
    assertEquals(Deno.readTextFileSync(path), "{}\n");
  },
});

Deno.test({
  name: "createLedgerFile() refuses a link, even one that leads nowhere",
  ignore,
  fn() {
    using directory = scratch();
    const path = join(directory.path, "state.jsonl");
    Deno.symlinkSync(join(directory.path, "elsewhere"), path);
    assertThrows(
      () => createLedgerFile(path, "none"),
      Deno.errors.AlreadyExists,
    );
  },
});

Deno.test({
  name: "createLedgerFile() writes nothing more when it is disposed of",
  ignore,
  fn() {
    using directory = scratch();
    const path = join(directory.path, "state.jsonl");
    const ledger = createLedgerFile(path, "none");
    ledger[Symbol.dispose]();
    assertThrows(() => ledger.append("{}\n"), Deno.errors.BadResource);
  },
});
