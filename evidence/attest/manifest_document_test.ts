import { assertEquals, assertThrows } from "@std/assert";
import { type Rehearsal, rehearse } from "../../tests/rehearsal.ts";
import { REHEARSALS } from "../../tests/rehearsals.ts";
import { memorySink } from "../artifacts.ts";
import { parseManifest } from "./manifest_document.ts";
import { recordRun } from "../recording/record_run.ts";

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** The manifest of a rehearsed run. */
async function manifestOf(rehearsal: Rehearsal): Promise<string> {
  const sink = memorySink();
  await recordRun(each(await rehearse(rehearsal)), sink, {
    programVersion: "0.0.0",
    volatile: () => ({
      timestamp: "2026-11-22T09:00:00.123Z",
      wall_clock_seconds: 0.065,
      git_sha: null,
    }),
  });
  return sink.artifacts.get("manifest.json") ?? "";
}

Deno.test("parseManifest() reads the manifest of every rehearsed run", async () => {
  for (const [name, rehearsal] of Object.entries(REHEARSALS)) {
    const text = await manifestOf(rehearsal());
    assertEquals(parseManifest(text), JSON.parse(text), name);
  }
});

for (
  const { what, from, to, message } of [
    {
      what: "an unknown key",
      from: '"version": 1',
      to: '"version": 1, "colour": "red"',
      message: 'Unrecognized key: "colour"',
    },
    {
      what: "another version",
      from: '"version": 1',
      to: '"version": 2',
      message: "version: Invalid input: expected 1",
    },
    {
      what: "an unknown key below",
      from: '"lines"',
      to: '"rows": 1, "lines"',
      message: 'ledger: Unrecognized key: "rows"',
    },
    {
      what: "a hash that is too short",
      from: /"head": "./,
      to: '"head": "',
      message: "ledger.head: expected 64 hex digits",
    },
    {
      what: "an invalid commit",
      from: '"git_sha": null',
      to: '"git_sha": "main"',
      message: "code.git_sha: expected 40 hex digits",
    },
    {
      what: "a key that comes twice",
      from: '"version": 1',
      to: '"version": 1, "version": 1',
      message: 'the key "version" comes twice',
    },
    {
      what: "a text that is cut off",
      from: /\}\n$/,
      to: "",
      message: "the text is not JSON",
    },
  ]
) {
  Deno.test(`parseManifest() refuses ${what}`, async () => {
    const text = (await manifestOf(REHEARSALS.one_call())).replace(from, to);
    const error = assertThrows(() => parseManifest(text), TypeError);
    assertEquals(error.message, `Cannot read a manifest: ${message}`);
  });
}
