import { assert, assertEquals, assertThrows } from "@std/assert";
import { eventsIn, recorded, withLines } from "../../tests/forgery.ts";
import { InputError } from "../../tools/data/input_error.ts";
import { memorySource } from "../artifact_source.ts";
import type { Artifacts } from "../artifacts.ts";
import { runFiles } from "./run_files.ts";

const SECRET = "hunter2-is-the-password";

const SECRETIVE = {
  script: [
    { calls: [{ tool: "echo", args: { text: SECRET } }] },
    { answer: `It is ${SECRET}.` },
  ],
  policy: { redact: { patterns: ["hunter2[a-z-]*"] } },
};

function taken(artifacts: Artifacts, withRecord = false) {
  return runFiles(memorySource(artifacts), { name: "run", withRecord });
}

function textOf(files: ReadonlyMap<string, Uint8Array>): string {
  return [...files.values()].map((each) => new TextDecoder().decode(each))
    .join("\n");
}

Deno.test("runFiles() takes a record as it is", async () => {
  const artifacts = await recorded({});
  const { files, isRedacted, others } = taken(
    new Map([...artifacts, ["notes.txt", "x"]]),
  );
  assertEquals([isRedacted, others], [false, ["notes.txt"]]);
  assertEquals(
    [...files.keys()],
    ["state.jsonl", "trace.json", "run_report.md", "manifest.json"],
  );
  assertEquals(
    files.get("trace.json"),
    new TextEncoder().encode(artifacts.get("trace.json")),
  );
});

Deno.test("runFiles() makes a view where the policy redacts, without hashes", async () => {
  const artifacts = await recorded(SECRETIVE);
  const { files, isRedacted } = taken(artifacts);
  assertEquals(isRedacted, true);
  assertEquals([...files.keys()], ["view.jsonl", "redacted.json"]);
  const text = textOf(files);
  assertEquals(text.includes("hunter2-"), false);
  assert(text.includes("It is [redacted]."));
  assertEquals(/"prev"|"hash"/.test(text), false);
  assertEquals(
    textOf(new Map([["", files.get("view.jsonl") ?? new Uint8Array()]]))
      .trimEnd().split("\n").length,
    eventsIn(artifacts).length,
  );
});

Deno.test("runFiles() takes all of a record where it is told to", async () => {
  const { files, isRedacted } = taken(await recorded(SECRETIVE), true);
  assertEquals([isRedacted, files.size], [false, 4]);
});

for (
  const [name, change] of [
    ["the first line is no event", () => "{"],
    [
      "the policy on record is none",
      (line: string) => line.replace('\\"redact\\"', '\\"redact\\":1,\\"x\\"'),
    ],
  ] as const
) {
  Deno.test(`runFiles() takes nothing when ${name}, unless it is told to`, async () => {
    const artifacts = await recorded(SECRETIVE);
    const [first = "", ...rest] = (artifacts.get("state.jsonl") ?? "")
      .trimEnd().split("\n");
    const forged = withLines(artifacts, [change(first), ...rest]);
    assertThrows(() => taken(forged), InputError, "--with-record");
    assertEquals(taken(forged, true).files.size, 4);
  });
}

Deno.test("runFiles() refuses what has no ledger", () => {
  assertThrows(() => taken(new Map()), InputError, "no state.jsonl");
});
