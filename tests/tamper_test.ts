/**
 * Changes to the committed runs, each of which `verify` must find, in the right
 * file and line; and those that cannot be found without the hash that was kept
 * elsewhere. With `--full` after `--`, as `deno task test:full` gives it, 2,000
 * positions of every artifact are changed, and otherwise a sample.
 *
 * @module
 */
import { assertEquals, assertNotEquals } from "@std/assert";
import { join } from "../deps.ts";
import { bytesSource, memorySource } from "../evidence/artifact_source.ts";
import type { Artifacts } from "../evidence/artifacts.ts";
import type { Finding } from "../evidence/verify/finding.ts";
import { readArtifacts } from "../evidence/store/run_directory.ts";
import { verifyRun } from "../evidence/verify/decisions/verify_run.ts";
import { hash } from "node:crypto";
import type { RunEvent, RunStarted } from "../runtime/record/event.ts";
import { seededFraction } from "../runtime/attempt/retry.ts";
import {
  eventsIn,
  linesOf,
  rechained,
  rewritten,
  withLines,
} from "./forgery.ts";
import { lacks } from "./permissions.ts";
import { PROJECT } from "./program.ts";
import { SAMPLED, someOf } from "./sample.ts";

const ignore = lacks("read");

/** How many positions of an artifact are changed. */
const POSITIONS = Deno.args.includes("--full") ? 2000 : 6;

/** The manifest has checks of a few bytes each, which a smaller sample would miss. */
const IN_MANIFEST = Math.max(POSITIONS, 40);

const SEED = 20261124;

const RUNS = ["runs", "runs/policy_gates", "runs/failure_modes"];

/** Committed runs by name, each with its artifacts. */
function committedRuns(): ReadonlyMap<string, Artifacts> {
  const found = new Map<string, Artifacts>();
  for (const folder of RUNS) {
    for (const { name } of Deno.readDirSync(join(PROJECT, folder))) {
      const path = join(folder, name);
      if (name.startsWith(".") || RUNS.includes(path)) continue;
      found.set(path, readArtifacts(join(PROJECT, path)));
    }
  }
  return new Map([...found].sort());
}

/** What is found, as `artifact:line`. */
function places(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ artifact, line }) => `${artifact}:${line}`);
}

/** Changes an existing run, and returns what `verify` finds in the result. */
function codesOf(artifacts: Artifacts, head?: string): readonly string[] {
  return verifyRun(memorySource(artifacts), { head }).findings.map((
    { code, artifact, line },
  ) => `${artifact}:${line}: ${code}`);
}

/** The codes that a changed byte of the ledger may have. */
const LEDGER_CODES = new Set([
  "wrong_hash",
  "line_unsealed",
  "line_torn",
]);

/** Bytes of the manifest that may change without anybody's noticing: what the ledger cannot tell. */
const VOLATILE =
  /^( {2}"(?:timestamp|wall_clock_seconds)": |^ {4}"version": )(.*?),?$|^( {4}"git_sha": )(.*)$/gm;

function volatileBytes(manifest: string): (at: number) => boolean {
  const ranges = [...manifest.matchAll(VOLATILE)].map((match) => {
    const from = match.index + (match[1] ?? match[3] ?? "").length;
    return [from, from + (match[2] ?? match[4] ?? "").length] as const;
  });
  assertEquals(ranges.length, 4);
  return (at) => ranges.some(([from, to]) => at >= from && at < to);
}

/** Draws positions and the bits that change there. */
function* flips(
  length: number,
  { salt, positions }: { readonly salt: number; readonly positions: number },
) {
  for (let draw = 0; draw < positions; draw++) {
    const at = Math.floor(seededFraction(SEED, salt, 2 * draw) * length);
    const bit = Math.floor(seededFraction(SEED, salt, 2 * draw + 1) * 8);
    yield { at, mask: 1 << bit };
  }
}

Deno.test({
  name: "verifyRun() finds nothing in the committed runs",
  ignore,
  fn() {
    const runs = committedRuns();
    assertEquals(runs.size, 22);
    for (const [name, artifacts] of runs) {
      assertEquals(codesOf(artifacts), [], name);
    }
  },
});

Deno.test({
  name:
    `verifyRun() finds a flipped bit, ${POSITIONS} in each artifact and ${IN_MANIFEST} in each manifest of the committed runs (seed ${SEED})`,
  ignore,
  fn() {
    const encoder = new TextEncoder();
    let salt = 0;
    for (const [run, artifacts] of committedRuns()) {
      const files = new Map(
        [...artifacts].map(([name, text]) => [name, encoder.encode(text)]),
      );
      const isVolatile = volatileBytes(artifacts.get("manifest.json") ?? "");
      for (const [name, bytes] of files) {
        salt += 1;
        const positions = name === "manifest.json" ? IN_MANIFEST : POSITIONS;
        for (const { at, mask } of flips(bytes.length, { salt, positions })) {
          const changed = bytes.slice();
          changed[at] = (bytes[at] ?? 0) ^ mask;
          const { findings } = verifyRun(
            bytesSource(new Map([...files, [name, changed]])),
          );
          const context = `${run}/${name}: byte ${at} ^ ${mask}`;
          assertFlipFound(findings, {
            name,
            line: lineAt(bytes, at),
            context,
            spared: name === "manifest.json" && isVolatile(at),
            endsLine: name === "manifest.json" && bytes[at] === 10,
          });
        }
      }
    }
  },
});

function lineAt(bytes: Uint8Array, at: number): number {
  let line = 1;
  for (let index = 0; index < at; index++) if (bytes[index] === 10) line += 1;
  return line;
}

/** One finding, in that artifact and at that line; a volatile value may be another of its form. */
function assertFlipFound(
  findings: readonly Finding[],
  { name, line, context, spared, endsLine }: {
    readonly name: string;
    readonly line: number;
    readonly context: string;
    /** Whether the byte belongs to a volatile value. */
    readonly spared: boolean;
    /** Whether the byte is a line break; without it a value continues. */
    readonly endsLine: boolean;
  },
): void {
  if (spared && findings.length === 0) return;
  assertEquals(places(findings), [`${name}:${line}`], context);
  const [code = ""] = findings.map((each) => each.code);
  const fits = name === "state.jsonl"
    ? LEDGER_CODES.has(code)
    : code === "differs" ||
      code === "volatile_form" && (spared || endsLine);
  assertEquals([fits, code], [true, code], context);
}

/** What somebody does to the lines of a ledger at line `at`, and what is found first. */
const LINE_CHANGES: readonly {
  readonly name: string;
  readonly change: (lines: readonly string[], at: number) => readonly string[];
  readonly found: (at: number, last: number) => string;
}[] = [
  {
    name: "dropped",
    change: (lines, at) => lines.toSpliced(at - 1, 1),
    found: (at, last) =>
      at === last
        ? `state.jsonl:${at - 1}: run_incomplete`
        : `state.jsonl:${at}: chain_broken`,
  },
  {
    name: "repeated",
    change: (lines, at) => lines.toSpliced(at, 0, lines[at - 1] ?? ""),
    found: (at) => `state.jsonl:${at + 1}: chain_broken`,
  },
  {
    name: "moved after the next one",
    change: (lines, at) => {
      const [line = ""] = lines.slice(at - 1);
      return lines.toSpliced(at - 1, 1).toSpliced(at, 0, line);
    },
    found: (at, last) => at === last ? "" : `state.jsonl:${at}: chain_broken`,
  },
  {
    name: "taken from elsewhere",
    change: (lines, at) => lines.with(at - 1, lines[at % lines.length] ?? ""),
    found: (at) => `state.jsonl:${at}: chain_broken`,
  },
  {
    name: "followed by a line of another run",
    change: (lines, at) =>
      lines.toSpliced(at, 0, (lines[0] ?? "").replace('"seed":0', '"seed":1')),
    found: (at) => `state.jsonl:${at + 1}: wrong_hash`,
  },
  {
    name: "written with its keys in another order",
    change: (lines, at) =>
      lines.with(
        at - 1,
        (lines[at - 1] ?? "").replace(
          /^{("v":\d),("seq":\d+),/,
          "{$2,$1,",
        ),
      ),
    found: (at) => `state.jsonl:${at}: wrong_hash`,
  },
];

/** The first, the last and some other places of a list; all of them with `--full`. */
function placesIn(list: readonly unknown[]): readonly number[] {
  const last = list.length - 1;
  const drawn = someOf([...list.keys()], 3);
  return [...new Set([0, ...drawn, last])];
}

for (const { name, change, found } of LINE_CHANGES) {
  Deno.test({
    name:
      `verifyRun() finds any line of the committed runs that is ${name} (${SAMPLED})`,
    ignore,
    fn() {
      for (const [run, artifacts] of committedRuns()) {
        const lines = linesOf(artifacts);
        for (const index of placesIn(lines)) {
          const at = index + 1;
          const want = found(at, lines.length);
          if (want === "") continue;
          assertEquals(
            codesOf(withLines(artifacts, change(lines, at))),
            [want],
            `${run}: line ${at}`,
          );
        }
      }
    },
  });
}

Deno.test({
  name:
    `verifyRun() finds, in the manifest, that the chain was made anew from any line on (${SAMPLED})`,
  ignore,
  fn() {
    for (const [run, artifacts] of committedRuns()) {
      const events = eventsIn(artifacts);
      for (const index of placesIn(events)) {
        // A moment later, with everything after it numbered, linked and sealed
        // again.
        const moved = events.map((event, at): RunEvent =>
          at < index ? event : { ...event, ts: `${BigInt(event.ts) + 1n}` }
        );
        const found = codesOf(rechained(artifacts, moved));
        assertNotEquals(found, [], run);
        assertEquals(
          found.every((each) =>
            /^(trace\.json|run_report\.md|manifest\.json):\d+: differs$/.test(
              each,
            )
          ),
          true,
          `${run}: line ${index + 1}: ${found.join(", ")}`,
        );
        assertEquals(found.at(-1)?.startsWith("manifest.json:"), true, run);
      }
    }
  },
});

Deno.test({
  name:
    "verifyRun() finds a tool call without its verdict even when everything was made anew",
  ignore,
  async fn() {
    for (const [run, artifacts] of committedRuns()) {
      const events = eventsIn(artifacts);
      for (const [index, event] of events.entries()) {
        if (event.type !== "tool_started") continue;
        const forged = await rewritten(
          artifacts,
          events.toSpliced(index - 1, 1),
        );
        assertEquals(
          codesOf(forged),
          [`state.jsonl:${index}: not_allowed`],
          `${run}: line ${index + 1}`,
        );
      }
    }
  },
});

/** What no check can find in the directory alone, and whether the kept hash helps. */
const INVISIBLE: readonly {
  readonly name: string;
  readonly forge: (artifacts: Artifacts) => Artifacts | Promise<Artifacts>;
  readonly helps: boolean;
}[] = [
  {
    name: "a tail that was dropped, with all files made anew",
    forge: (artifacts) => {
      const events = eventsIn(artifacts);
      const [run, step] = events;
      const end = events.at(-1);
      if (
        run === undefined || step === undefined || end?.type !== "run_finished"
      ) {
        throw new RangeError("Cannot cut a run that is none");
      }
      return rewritten(artifacts, [
        run,
        step,
        { ...step, type: "step_finished", failure_mode: null },
        {
          ...end,
          step: 1,
          terminal_reason: "cancelled",
          answer: null,
          totals: {
            steps: 1,
            llm_calls: 0,
            tool_calls: 0,
            policy_checks: 0,
            denials: 0,
            attempts: 0,
            tokens: 0,
            ...end.totals.cost === undefined ? {} : { cost: "0.00 EUR" },
          },
        },
      ]);
    },
    helps: true,
  },
  {
    name: "a run that was written anew as a whole",
    forge: (artifacts) =>
      rewritten(
        artifacts,
        eventsIn(artifacts).map((event): RunEvent =>
          event.type === "run_started"
            ? { ...event, task: otherTask(event.task) }
            : event.type === "tool_finished" && event.error === null
            ? { ...event, result: "other" }
            : event
        ),
      ),
    helps: true,
  },
  {
    name: "other values of the right form that the ledger cannot tell",
    forge: (artifacts) => {
      const manifest = artifacts.get("manifest.json") ?? "";
      const changed = manifest
        .replace(/"timestamp": ".*"/, '"timestamp": "1999-12-31T23:59:59.000Z"')
        .replace(/^ {4}"version": .*,/m, '    "version": "99.0.0",')
        .replace(/"wall_clock_seconds": .*,/, '"wall_clock_seconds": 99.5,')
        .replace(/"git_sha": .*/, `"git_sha": "${"0".repeat(40)}"`);
      assertNotEquals(changed, manifest);
      return new Map([...artifacts, ["manifest.json", changed]]);
    },
    helps: false,
  },
];

/**
 * Another question, in another text with its hash. It begins as the first one does,
 * since decisions of `seen_in` rest on where its words stand.
 */
function otherTask(task: RunStarted["task"]): RunStarted["task"] {
  const { id } = task;
  const question = `${task.question} Which?`;
  const text = JSON.stringify({ id, question });
  return { id, question, sha256: hash("sha256", text), text };
}

for (const { name, forge, helps } of INVISIBLE) {
  Deno.test({
    name: `verifyRun() cannot find ${name}, ${
      helps
        ? "but does with the hash that was kept"
        : "with or without a kept hash"
    }`,
    ignore,
    async fn() {
      for (const [run, artifacts] of committedRuns()) {
        const forged = await forge(artifacts);
        assertEquals(codesOf(forged), [], run);
        const { head } = verifyRun(memorySource(artifacts));
        const last = linesOf(forged).length;
        assertEquals(
          codesOf(forged, head ?? ""),
          helps ? [`state.jsonl:${last}: wrong_head`] : [],
          run,
        );
      }
    },
  });
}
