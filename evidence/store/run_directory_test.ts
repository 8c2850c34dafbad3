import {
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { join } from "../../deps.ts";
import { rehearsal } from "../../tests/rehearsal.ts";
import { REHEARSALS } from "../../tests/rehearsals.ts";
import { lacks } from "../../tests/permissions.ts";
import { temporaryFolder } from "../../tests/program.ts";
import { memorySink } from "../artifacts.ts";
import { recordRun } from "../recording/record_run.ts";
import { readLedger } from "../read_ledger.ts";
import {
  readArtifacts,
  resumedRunDirectory,
  runDirectory,
} from "./run_directory.ts";
import { WriteError } from "./write_error.ts";

const ignore = lacks("read", "write");

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function namesIn(path: string): readonly string[] {
  return [...Deno.readDirSync(path)].map(({ name }) => name).sort();
}

const OPTIONS = {
  programVersion: "0.0.0",
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
    using folder = temporaryFolder();
    const path = join(folder.path, "runs", "one");
    using sink = runDirectory(path);
    sink.append("state.jsonl", bytes("{}\n"));
    sink.append("trace.json", bytes("["));
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
    using folder = temporaryFolder();
    const { path } = folder;
    using sink = runDirectory(path);
    sink.append("state.jsonl", bytes("{}\n"));
    sink.append("trace.json", bytes("["));
    sink.append("run_report.md", bytes("# Ü\n"));
    sink.append("trace.json", bytes("]\n"));
    sink.append("manifest.json", bytes("{}\n"));
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
    using folder = temporaryFolder();
    const { path } = folder;
    using sink = runDirectory(path);
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
    using folder = temporaryFolder();
    const { path } = folder;
    async function* broken() {
      for await (const event of rehearsal(REHEARSALS.one_call())) {
        if (event.type === "tool_finished") throw new Error("Out of memory");
        yield event;
      }
    }
    await assertRejects(
      async () => {
        using sink = runDirectory(path);
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
      7,
    );
  },
});

Deno.test({
  name:
    "runDirectory() refuses a directory with a ledger and changes nothing in it",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const { path } = folder;
    Deno.writeTextFileSync(join(path, "state.jsonl"), "{}\n");
    assertThrows(
      () => runDirectory(path),
      Deno.errors.AlreadyExists,
    );
    assertEquals([...readArtifacts(path)], [["state.jsonl", "{}\n"]]);
  },
});

Deno.test({
  name: "runDirectory() writes bytes of any number",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const { path } = folder;
    using sink = runDirectory(path);
    const piece = "ä€😀".repeat(30_000);
    for (let count = 0; count < 3; count++) {
      sink.append("trace.json", bytes(piece));
    }
    sink.commit();
    assertEquals(readArtifacts(path).get("trace.json"), piece.repeat(3));
  },
});

Deno.test({
  name: "runDirectory() asks for the disk when it is told to",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const sink = runDirectory(folder.path);
    sink.sync();
    sink[Symbol.dispose]();
    // A closed file tells that it was asked.
    const error = assertThrows(() => sink.sync(), WriteError);
    assertInstanceOf(error.cause, Deno.errors.BadResource);
  },
});

Deno.test({
  name: "readArtifacts() takes directories and links for files without text",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const { path } = folder;
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
    using folder = temporaryFolder();
    Deno.writeTextFileSync(join(folder.path, "trace.json"), "\ufeff{}");
    assertEquals(readArtifacts(folder.path).get("trace.json"), "\ufeff{}");
  },
});

Deno.test({
  name:
    "readArtifacts() reads bytes that are not text as characters that a text cannot have",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const path = join(folder.path, "trace.json");
    Deno.writeFileSync(path, new Uint8Array([0x7b, 0xff, 0x7d]));
    assertEquals(readArtifacts(folder.path).get("trace.json"), "{\udfff}");
  },
});

Deno.test({
  name: "readArtifacts() throws when there is no such directory",
  ignore,
  fn() {
    using folder = temporaryFolder();
    assertThrows(
      () => readArtifacts(join(folder.path, "none")),
      Deno.errors.NotFound,
    );
  },
});

/** What a rehearsal leaves when it is whole. */
async function whole() {
  const memory = memorySink();
  await recordRun(rehearsal(REHEARSALS.one_call()), memory, OPTIONS);
  return memory.artifacts;
}

/** Leaves a directory as a run does that broke off. */
async function brokenOff(path: string, length: number) {
  const text = (await whole()).get("state.jsonl") ?? "";
  Deno.writeTextFileSync(join(path, "state.jsonl"), text.slice(0, length));
  Deno.writeTextFileSync(join(path, "trace.json.part"), "half");
  Deno.writeTextFileSync(join(path, "manifest.json.part"), "");
  return readLedger(Deno.readFileSync(join(path, "state.jsonl")));
}

Deno.test({
  name: "resumedRunDirectory() ends as if nothing had happened",
  ignore,
  async fn() {
    using folder = temporaryFolder();
    const record = await brokenOff(folder.path, 2500);
    const kept: Uint8Array[] = [];
    {
      using sink = resumedRunDirectory(
        folder.path,
        record,
        (torn) => kept.push(torn),
      );
      await recordRun(rehearsal(REHEARSALS.one_call()), sink, OPTIONS);
    }
    assertEquals(kept, [record.torn]);
    assertEquals(record.torn.length > 0, true);
    assertEquals(
      new Map(readArtifacts(folder.path)),
      new Map(await whole()),
    );
  },
});

Deno.test({
  name: "resumedRunDirectory() refuses another run, and writes none of it",
  ignore,
  async fn() {
    using folder = temporaryFolder();
    const record = await brokenOff(folder.path, 2500);
    using sink = resumedRunDirectory(folder.path, record, () => {});
    await assertRejects(
      () => recordRun(rehearsal(REHEARSALS.denied_call()), sink, OPTIONS),
      RangeError,
      "of the ledger is not what was written",
    );
    assertEquals(
      Deno.readFileSync(join(folder.path, "state.jsonl")),
      record.sound,
    );
  },
});

Deno.test({
  name: "resumedRunDirectory() leaves a run alone that somebody has finished",
  ignore,
  async fn() {
    using folder = temporaryFolder();
    const record = await brokenOff(folder.path, 1e6);
    Deno.writeTextFileSync(join(folder.path, "manifest.json"), "{}\n");
    assertThrows(
      () => resumedRunDirectory(folder.path, record, () => {}),
      Deno.errors.Busy,
      "another process has finished",
    );
    assertEquals(namesIn(folder.path), [
      "manifest.json",
      "manifest.json.part",
      "state.jsonl",
      "trace.json.part",
    ]);
  },
});

Deno.test({
  name: "resumedRunDirectory() leaves a run alone that somebody went on with",
  ignore,
  async fn() {
    using folder = temporaryFolder();
    const record = await brokenOff(folder.path, 2500);
    const ledger = join(folder.path, "state.jsonl");
    const further = (await whole()).get("state.jsonl") ?? "";
    Deno.writeTextFileSync(ledger, further);
    assertThrows(
      () => resumedRunDirectory(folder.path, record, () => {}),
      Deno.errors.Busy,
      "another process has written",
    );
    assertEquals(Deno.readTextFileSync(ledger), further);
  },
});

Deno.test({
  name: "runDirectory() keeps others away until the manifest has its name",
  ignore,
  fn() {
    using folder = temporaryFolder();
    const { path } = folder;
    using sink = runDirectory(path);
    sink.append("state.jsonl", bytes("{}\n"));
    // A directory of that name cannot be replaced, so it ends halfway.
    Deno.mkdirSync(join(path, "manifest.json", "taken"), { recursive: true });
    assertThrows(() => sink.commit(), WriteError);
    const read = bytes("{}\n");
    assertThrows(
      () => resumedRunDirectory(path, { bytes: read, sound: read }, () => {}),
      Deno.errors.Busy,
      "another process writes",
    );
  },
});
