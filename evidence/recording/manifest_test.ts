import { assertEquals, assertNotEquals } from "@std/assert";
import { eventsOf, rehearse } from "../../tests/rehearsal.ts";
import { REHEARSALS } from "../../tests/rehearsals.ts";
import { manifestText, withoutVolatile } from "./manifest.ts";

const MANIFEST = `{
  "version": 1,
  "run_id": "rehearsal",
  "timestamp": "2026-11-22T09:00:00.123Z",
  "wall_clock_seconds": 0.065,
  "code": {
    "version": "0.0.0",
    "git_sha": "0123456789abcdef0123456789abcdef01234567"
  },
  "inputs": {
    "seed": 7,
    "task_sha256": "17a9baa9d104d832ccd87d633593f350d0845abe41e9b914d44ffee2472ecd66",
    "policy_sha256": "55ca10961ce53129ef8ed4dbc0da173576b8ab91f8086c1eb9c710a38d289c4e",
    "llm_execution_path": "stub",
    "llm_script_sha256": null,
    "corpus_sha256": "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
  },
  "outcome": {
    "terminal_reason": "final_answer",
    "totals": {
      "steps": 2,
      "llm_calls": 2,
      "tool_calls": 1,
      "policy_checks": 1,
      "denials": 0,
      "attempts": 1,
      "tokens": 36
    }
  },
  "ledger": {
    "lines": 13,
    "head": "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
  },
  "artifacts": {
    "state.jsonl": {
      "sha256": "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee",
      "bytes": 3000
    }
  }
}
`;

Deno.test("manifestText() writes exactly this manifest", async () => {
  const events = await rehearse(REHEARSALS.one_call());
  const [started] = eventsOf("run_started", events);
  const [finished] = eventsOf("run_finished", events);
  if (started === undefined || finished === undefined) {
    throw new Error("The run did not start or did not finish");
  }
  assertEquals(
    manifestText({
      started,
      finished,
      head: "d".repeat(64),
      artifacts: { "state.jsonl": { sha256: "e".repeat(64), bytes: 3000 } },
      programVersion: "0.0.0",
      volatile: {
        timestamp: "2026-11-22T09:00:00.123Z",
        wall_clock_seconds: 0.065,
        git_sha: "0123456789abcdef0123456789abcdef01234567",
      },
    }),
    MANIFEST,
  );
});

const BLANK = MANIFEST
  .replace('"2026-11-22T09:00:00.123Z"', "null")
  .replace("0.065", "null")
  .replace('"0123456789abcdef0123456789abcdef01234567"', "null");

Deno.test("withoutVolatile() blanks three values", () => {
  assertEquals(withoutVolatile(MANIFEST), BLANK);
  assertEquals(withoutVolatile(BLANK), BLANK);
});

/** A change of the manifest: what is replaced by what. */
interface Change {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

const VOLATILE: readonly Change[] = [
  { name: "another time", from: "09:00:00.123Z", to: "10:00:00.000Z" },
  { name: "a longer run", from: "0.065", to: "1e+21" },
  { name: "a run that took no time", from: "0.065", to: "0" },
  {
    name: "another commit",
    from: "0123456789abcdef0123456789abcdef01234567",
    to: "f".repeat(40),
  },
  {
    name: "no commit",
    from: '"0123456789abcdef0123456789abcdef01234567"',
    to: "null",
  },
  {
    name: "a time with a quote in it",
    from: "09:00:00.123Z",
    to: 'noon, \\"sharp\\"',
  },
];

for (const { name, from, to } of VOLATILE) {
  Deno.test(`withoutVolatile() makes no difference of ${name}`, () => {
    assertEquals(withoutVolatile(MANIFEST.replace(from, to)), BLANK);
  });
}

const LASTING: readonly Change[] = [
  { name: "another run id", from: '"rehearsal"', to: '"rehearsal2"' },
  { name: "another seed", from: '"seed": 7', to: '"seed": 8' },
  {
    name: "a version of the code",
    from: '"version": "0.0.0"',
    to: '"version": "0.0.1"',
  },
  {
    name: "a second value after the time",
    from: '123Z",',
    to: '123Z", "approved": true,',
  },
  {
    name: "a second value after the commit",
    from: '4567"\n',
    to: '4567", "dirty": true\n',
  },
  {
    name: "a value that is not a scalar",
    from: '"wall_clock_seconds": 0.065',
    to: '"wall_clock_seconds": { "secret": 1 }',
  },
  {
    name: "a value that is missing",
    from: '"wall_clock_seconds": 0.065,',
    to: '"wall_clock_seconds": ,',
  },
  {
    name: "a comma that is missing",
    from: "0.065,",
    to: "0.065",
  },
  {
    name: "a volatile key that is missing",
    from: '  "wall_clock_seconds": 0.065,\n',
    to: "",
  },
  {
    name: "a volatile key with a space before it",
    from: '  "wall_clock_seconds"',
    to: '   "wall_clock_seconds"',
  },
  {
    name: "a carriage return",
    from: "0.065,",
    to: "0.065,\r",
  },
];

for (const { name, from, to } of LASTING) {
  Deno.test(`withoutVolatile() leaves ${name} as a difference`, () => {
    assertEquals(MANIFEST.includes(from), true);
    assertNotEquals(withoutVolatile(MANIFEST.replace(from, to)), BLANK);
  });
}

const ELSEWHERE = [
  { key: "timestamp", after: '  "code": {\n' },
  { key: "timestamp", after: '    "totals": {\n' },
  { key: "wall_clock_seconds", after: '  "outcome": {\n' },
  { key: "git_sha", after: "{\n" },
  { key: "git_sha", after: '  "inputs": {\n' },
  { key: "git_sha", after: '  "ledger": {\n' },
  { key: "git_sha", after: '    "state.jsonl": {\n' },
];

for (const { key, after } of ELSEWHERE) {
  Deno.test(`withoutVolatile() does not blank ${key} after ${JSON.stringify(after)}`, () => {
    const [one, other] = ["1", "2"].map((value) => {
      const depth = " ".repeat((after.search(/\S/) || 0) + 2);
      const text = MANIFEST.replace(
        after,
        `${after}${depth}"${key}": ${value},\n`,
      );
      assertNotEquals(text, MANIFEST);
      return withoutVolatile(text);
    });
    assertNotEquals(one, other);
  });
}
