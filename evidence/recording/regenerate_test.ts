import { assertEquals, assertRejects } from "@std/assert";
import { type Rehearsal, rehearsal } from "../../tests/rehearsal.ts";
import { REHEARSALS } from "../../tests/rehearsals.ts";
import { type Artifacts, memorySink } from "../artifacts.ts";
import { differences } from "./differences.ts";
import { recordRun } from "./record_run.ts";
import { regenerate } from "./regenerate.ts";

async function recorded(given: Rehearsal): Promise<Artifacts> {
  const sink = memorySink();
  await recordRun(rehearsal(given), sink, {
    programVersion: "0.0.0",
    volatile: () => ({
      timestamp: "2026-11-22T09:00:00.000Z",
      wall_clock_seconds: 1.5,
      git_sha: "0123456789abcdef0123456789abcdef01234567",
    }),
  });
  return sink.artifacts;
}

/** The artifacts of a run of one call, and the text of its ledger. */
async function oneCall() {
  const artifacts = await recorded(REHEARSALS.one_call());
  return { artifacts, ledger: artifacts.get("state.jsonl") ?? "" };
}

for (const [name, make] of Object.entries(REHEARSALS)) {
  Deno.test(`regenerate() makes the artifacts of ${name} again`, async () => {
    const artifacts = await recorded(make());
    const again = await regenerate(artifacts.get("state.jsonl") ?? "");
    assertEquals(differences(artifacts, again), []);
    assertEquals([...again.keys()], [
      "state.jsonl",
      "trace.json",
      "run_report.md",
      "manifest.json",
    ]);
  });
}

Deno.test("regenerate() leaves nothing volatile in the manifest", async () => {
  const { ledger } = await oneCall();
  const manifest = (await regenerate(ledger)).get("manifest.json") ?? "";
  assertEquals(
    manifest.split("\n").filter((line) =>
      /timestamp|wall_clock|git_sha/.test(line)
    ),
    [
      '  "timestamp": "1970-01-01T00:00:00.000Z",',
      '  "wall_clock_seconds": 0,',
      '    "git_sha": null',
    ],
  );
});

/** Ledgers that can still be read, and the line from which on they are not what was recorded. */
const TAMPERED: readonly {
  readonly name: string;
  readonly tamper: (ledger: string) => string;
  readonly line: number;
}[] = [
  {
    name: "another tool",
    tamper: (ledger) =>
      ledger.replace('"tool":"echo","args"', '"tool":"work","args"'),
    line: 6,
  },
  {
    name: "another key order",
    tamper: (ledger) => ledger.replace('"v":2,"seq":3', '"seq":3,"v":2'),
    line: 4,
  },
  {
    name: "a space",
    tamper: (ledger) => ledger.replace('"seq":3,', '"seq": 3,'),
    line: 4,
  },
  {
    name: "another spelling of a text",
    tamper: (ledger) =>
      ledger.replace('"result":{"text":"hi"}', '"result":{"text":"h\\u0069"}'),
    line: 8,
  },
  {
    name: "another link",
    tamper: (ledger) =>
      ledger.replace(/"prev":"[0-9a-f]{64}"/, `"prev":"${"1".repeat(64)}"`),
    line: 1,
  },
  {
    name: "another hash",
    tamper: (ledger) =>
      ledger.replace(
        /"hash":"[0-9a-f]{64}"}\n$/,
        `"hash":"${"1".repeat(64)}"}\n`,
      ),
    line: 13,
  },
  {
    name: "a missing line",
    tamper: (ledger) => ledger.split("\n").toSpliced(3, 1).join("\n"),
    line: 4,
  },
  {
    name: "a carriage return",
    tamper: (ledger) => ledger.replace("\n", "\r\n"),
    line: 1,
  },
  {
    name: "something after the end",
    tamper: (ledger) => `${ledger}{"v":2`,
    line: 14,
  },
];

for (const { name, tamper, line } of TAMPERED) {
  Deno.test(`regenerate() shows ${name} in the ledger`, async () => {
    const { ledger } = await oneCall();
    const text = tamper(ledger);
    const found = differences(
      await regenerate(text),
      new Map([["state.jsonl", text]]),
    );
    assertEquals(text === ledger, false);
    assertEquals(
      found.filter((each) => each.name === "state.jsonl").map((each) =>
        each.line
      ),
      [line],
    );
  });
}

const UNREADABLE: readonly {
  readonly name: string;
  readonly tamper: (ledger: string) => string;
  readonly error: ErrorConstructor;
}[] = [
  { name: "nothing", tamper: () => "", error: RangeError },
  {
    name: "a ledger without its last line",
    tamper: (ledger) => ledger.replace(/[^\n]*\n$/, ""),
    error: RangeError,
  },
  {
    name: "a ledger whose last line is torn",
    tamper: (ledger) => ledger.slice(0, -1),
    error: RangeError,
  },
  {
    name: "a ledger whose first line is missing",
    tamper: (ledger) => ledger.slice(ledger.indexOf("\n") + 1),
    error: RangeError,
  },
  {
    name: "a ledger twice",
    tamper: (ledger) => ledger + ledger,
    error: RangeError,
  },
  {
    name: "a blank line",
    tamper: (ledger) => `${ledger}\n`,
    error: SyntaxError,
  },
  {
    name: "a byte order mark",
    tamper: (ledger) => `\ufeff${ledger}`,
    error: SyntaxError,
  },
  {
    name: "an event that does not exist",
    tamper: (ledger) => ledger.replace("tool_started", "tool_stopped"),
    error: TypeError,
  },
  {
    name: "a key that does not exist",
    tamper: (ledger) => ledger.replace('{"v":2,', '{"v":2,"w":1,'),
    error: TypeError,
  },
];

for (const { name, tamper, error } of UNREADABLE) {
  Deno.test(`regenerate() refuses ${name}`, async () => {
    const { ledger } = await oneCall();
    await assertRejects(() => regenerate(tamper(ledger)), error);
  });
}
