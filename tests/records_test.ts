/**
 * Records of earlier versions of the format, frozen: they must verify and replay,
 * and go on wherever they are cut, for ever.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { hash } from "node:crypto";
import { dirname, join, relative } from "../deps.ts";
import { walkSync } from "../evidence/store/walk.ts";
import { memorySource } from "../evidence/artifact_source.ts";
import { readLedger } from "../evidence/read_ledger.ts";
import { replay } from "../evidence/replay/replay.ts";
import { readArtifacts } from "../evidence/store/run_directory.ts";
import { verifyRun } from "../evidence/verify/decisions/verify_run.ts";
import { lacks } from "./permissions.ts";
import { program, PROJECT, temporaryFolder } from "./program.ts";

const RECORDS = join(PROJECT, "tests/records/v1");
const reads = { ignore: lacks("read") };
const runs = { ignore: lacks("read", "write", "run") };

/** SHA-256 over the names and the SHA-256 of every file below `RECORDS`. */
const FROZEN =
  "22655e6eab4254a3f76ef48efff3cf7b1e5babcb7e106f29c5754204e6a6d1d9";

function files(): readonly string[] {
  const options = { includeDirs: false, includeSymlinks: true };
  return [...walkSync(RECORDS, options)]
    .map(({ path }) => relative(RECORDS, path)).sort();
}

function records(): readonly string[] {
  return files().filter((path) => path.endsWith("state.jsonl")).map(dirname);
}

function eventsOf(record: string) {
  const path = join(RECORDS, record, "state.jsonl");
  return readLedger(Deno.readFileSync(path)).events;
}

Deno.test("no byte of the records of version 1 has changed", reads, () => {
  const sums = files().map((path) =>
    `${hash("sha256", Deno.readFileSync(join(RECORDS, path)))}  ${path}\n`
  );
  assertEquals([records().length, sums.length], [13, 52]);
  assertEquals(hash("sha256", sums.join("")), FROZEN);
});

Deno.test("each record of version 1 verifies", reads, () => {
  for (const record of records()) {
    const source = memorySource(readArtifacts(join(RECORDS, record)));
    assertEquals(verifyRun(source).findings, [], record);
  }
});

Deno.test(
  "each record of version 1 replays, whole and cut anywhere",
  reads,
  async () => {
    for (const record of records()) {
      const events = eventsOf(record);
      for (let length = 1; length <= events.length; length++) {
        const divergence = await replay(events.slice(0, length));
        assertEquals(divergence, undefined, `${record} after ${length} events`);
      }
    }
  },
);

Deno.test(
  "a record of version 1 that was cut is resumed to the same bytes",
  runs,
  async () => {
    using folder = temporaryFolder();
    const record = join(RECORDS, "2026-11-22_f09c7907_0");
    const out = join(folder.path, "out");
    const corpus = join(PROJECT, "corpus/v1");
    Deno.mkdirSync(join(out, "sandbox"), { recursive: true });
    const whole = readArtifacts(record);
    const lines = (whole.get("state.jsonl") ?? "").split("\n");
    const cut = lines.slice(0, 12).map((line) => `${line}\n`).join("");
    Deno.writeTextFileSync(join(out, "state.jsonl"), cut);
    for (const { name } of Deno.readDirSync(corpus)) {
      const target = join(out, "sandbox/corpus", name);
      Deno.mkdirSync(dirname(target), { recursive: true });
      if (name.endsWith(".md")) Deno.copyFileSync(join(corpus, name), target);
    }
    const { code, stderr } = await program(["resume", "out", "--quiet"], {
      cwd: folder.path,
    });
    assertEquals([code, stderr], [0, ""]);
    for (const name of ["state.jsonl", "trace.json", "run_report.md"]) {
      assertEquals(
        Deno.readTextFileSync(join(out, name)),
        whole.get(name),
        name,
      );
    }
  },
);
