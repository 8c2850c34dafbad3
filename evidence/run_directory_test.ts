import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "../deps.ts";
import { rehearsal } from "../runtime/rehearsal.ts";
import { REHEARSALS } from "../runtime/rehearsals.ts";
import { memorySink } from "./artifacts.ts";
import { recordRun } from "./record_run.ts";
import { readArtifacts, runDirectory } from "./run_directory.ts";

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

function namesIn(path: string): readonly string[] {
  return [...Deno.readDirSync(path)].map(({ name }) => name).sort();
}

const OPTIONS = {
  volatile: () => ({
    timestamp: "2026-11-22T09:00:00.000Z",
    wall_clock_seconds: 1.5,
    git_sha: null,
  }),
};

Deno.test({
  name: "runDirectory() gives only the ledger its name while the run grows",
  ignore,
  fn() {
    using directory = scratch();
    const path = join(directory.path, "runs", "one");
    using sink = runDirectory(path, { durability: "none" });
    sink.append("state.jsonl", "{}\n");
    sink.append("trace.json", "[");
    assertEquals(namesIn(path), [
      "manifest.json.part",
      "run_report.md.part",
      "state.jsonl",
      "trace.json.part",
    ]);
    assertEquals(Deno.readTextFileSync(join(path, "state.jsonl")), "{}\n");
  },
});

Deno.test({
  name: "runDirectory() gives every artifact its name when the run is whole",
  ignore,
  fn() {
    using directory = scratch();
    const { path } = directory;
    using sink = runDirectory(path, { durability: "intent" });
    sink.append("state.jsonl", "{}\n");
    sink.append("trace.json", "[");
    sink.append("run_report.md", "# Ü\n");
    sink.append("trace.json", "]\n");
    sink.append("manifest.json", "{}\n");
    sink.sync();
    sink.commit();
    assertEquals(
      [...readArtifacts(path)].sort(),
      [
        ["manifest.json", "{}\n"],
        ["run_report.md", "# Ü\n"],
        ["state.jsonl", "{}\n"],
        ["trace.json", "[]\n"],
      ],
    );
  },
});

Deno.test({
  name: "runDirectory() renames the manifest last",
  ignore,
  fn() {
    using directory = scratch();
    const { path } = directory;
    using sink = runDirectory(path, { durability: "none" });
    // A directory of that name cannot be replaced, so the rename fails here.
    Deno.mkdirSync(join(path, "run_report.md", "taken"), { recursive: true });
    assertThrows(() => sink.commit());
    assertEquals(namesIn(path), [
      "manifest.json.part",
      "run_report.md",
      "run_report.md.part",
      "state.jsonl",
      "trace.json",
    ]);
  },
});

Deno.test({
  name: "runDirectory() leaves no manifest when the run breaks off",
  ignore,
  async fn() {
    using directory = scratch();
    const { path } = directory;
    async function* broken() {
      for await (const event of rehearsal(REHEARSALS.one_call())) {
        if (event.type === "tool_finished") throw new Error("Out of memory");
        yield event;
      }
    }
    await assertRejects(
      async () => {
        using sink = runDirectory(path, { durability: "none" });
        await recordRun(broken(), sink, OPTIONS);
      },
      Error,
      "Out of memory",
    );
    assertEquals(namesIn(path), [
      "manifest.json.part",
      "run_report.md.part",
      "state.jsonl",
      "trace.json.part",
    ]);
    assertEquals(
      Deno.readTextFileSync(join(path, "state.jsonl")).split("\n").length - 1,
      6,
    );
  },
});

Deno.test({
  name:
    "runDirectory() refuses a directory with a ledger and changes nothing in it",
  ignore,
  fn() {
    using directory = scratch();
    const { path } = directory;
    Deno.writeTextFileSync(join(path, "state.jsonl"), "{}\n");
    assertThrows(
      () => runDirectory(path, { durability: "none" }),
      Deno.errors.AlreadyExists,
    );
    assertEquals([...readArtifacts(path)], [["state.jsonl", "{}\n"]]);
  },
});

Deno.test({
  name:
    "runDirectory() starts over what an unfinished run left of the projections",
  ignore,
  fn() {
    using directory = scratch();
    const { path } = directory;
    Deno.writeTextFileSync(join(path, "trace.json.part"), "left behind");
    using sink = runDirectory(path, { durability: "none" });
    sink.append("trace.json", "new");
    sink.commit();
    assertEquals(readArtifacts(path).get("trace.json"), "new");
  },
});

Deno.test({
  name:
    "runDirectory() writes text of any size, and pieces that split an emoji",
  ignore,
  fn() {
    using directory = scratch();
    const { path } = directory;
    using sink = runDirectory(path, { durability: "none" });
    const piece = "ä€😀".repeat(30_000);
    for (let count = 0; count < 3; count++) sink.append("trace.json", piece);
    sink.commit();
    assertEquals(readArtifacts(path).get("trace.json"), piece.repeat(3));
  },
});

for (const [name, make] of Object.entries(REHEARSALS)) {
  Deno.test({
    name: `runDirectory() holds of ${name} what a memory sink holds`,
    ignore,
    async fn() {
      using directory = scratch();
      const memory = memorySink();
      await recordRun(rehearsal(make()), memory, OPTIONS);
      {
        using sink = runDirectory(directory.path, { durability: "none" });
        await recordRun(rehearsal(make()), sink, OPTIONS);
      }
      assertEquals(
        new Map(readArtifacts(directory.path)),
        new Map(memory.artifacts),
      );
    },
  });
}

Deno.test({
  name: "readArtifacts() takes directories and links for files without text",
  ignore,
  fn() {
    using directory = scratch();
    const { path } = directory;
    Deno.writeTextFileSync(join(path, "trace.json"), "text");
    Deno.symlinkSync(join(path, "trace.json"), join(path, "state.jsonl"));
    Deno.mkdirSync(join(path, "old"));
    assertEquals([...readArtifacts(path)].sort(), [
      ["old", ""],
      ["state.jsonl", ""],
      ["trace.json", "text"],
    ]);
  },
});

Deno.test({
  name: "readArtifacts() keeps a byte order mark",
  ignore,
  fn() {
    using directory = scratch();
    Deno.writeTextFileSync(join(directory.path, "trace.json"), "\ufeff{}");
    assertEquals(readArtifacts(directory.path).get("trace.json"), "\ufeff{}");
  },
});

Deno.test({
  name: "readArtifacts() takes bytes that are no text for no text",
  ignore,
  fn() {
    using directory = scratch();
    const path = join(directory.path, "trace.json");
    Deno.writeFileSync(path, new Uint8Array([0x7b, 0xff, 0x7d]));
    assertThrows(
      () => readArtifacts(directory.path),
      TypeError,
      `Cannot read "${path}": it is not UTF-8 text`,
    );
  },
});

Deno.test({
  name: "readArtifacts() throws when there is no such directory",
  ignore,
  fn() {
    using directory = scratch();
    assertThrows(
      () => readArtifacts(join(directory.path, "none")),
      Deno.errors.NotFound,
    );
  },
});
