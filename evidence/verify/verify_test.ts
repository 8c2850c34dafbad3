import { assertEquals } from "@std/assert";
import { hash } from "node:crypto";
import type { RunEvent } from "../../runtime/record/event.ts";
import type { FailureKind } from "../../runtime/record/vocabulary.ts";
import { INDETERMINATE } from "../../runtime/attempt/recorded_failure.ts";
import {
  eventsIn,
  linesOf,
  rechained,
  recorded,
  rewritten,
  sealed,
  withLines,
} from "../../tests/forgery.ts";
import { overlapped } from "../../tests/overlapped.ts";
import { REHEARSALS } from "../../tests/rehearsals.ts";
import {
  type ArtifactEntry,
  bytesSource,
  memorySource,
} from "../artifact_source.ts";
import type { Artifacts } from "../artifacts.ts";
import { FINDINGS } from "./finding.ts";
import type { KeptElsewhere } from "./kept_elsewhere.ts";
import { verifyRun } from "./decisions/verify_run.ts";

for (const [name, make] of Object.entries(REHEARSALS)) {
  Deno.test(`verifyRun() finds nothing in ${name}`, async () => {
    const artifacts = await recorded(make());
    // Rules that stand in no policy cannot decide again.
    const redecide = (make().rules ?? []).length === 0;
    const { findings, events, head, regenerated } = verifyRun(
      memorySource(artifacts),
      { redecide },
    );
    assertEquals(findings, []);
    assertEquals(regenerated, true);
    assertEquals(events, linesOf(artifacts).length);
    assertEquals(head, linesOf(artifacts).at(-1)?.slice(-66, -2));
  });
}

/** Something that somebody does to a run, and what must be found of it: code, artifact, line. */
interface Forgery {
  readonly name: string;
  /** Default: `one_call`. */
  readonly run?: keyof typeof REHEARSALS;
  readonly forge: (artifacts: Artifacts) => Artifacts | Promise<Artifacts>;
  readonly kept?: KeptElsewhere;
  readonly found: readonly (readonly [
    typeof FINDINGS[number]["code"],
    string,
    number?,
  ])[];
}

type Change = (event: RunEvent) => RunEvent | readonly RunEvent[];

/** Changes the events on the given lines, and makes the whole record anew. */
function changing(changes: Readonly<Record<number, Change>>) {
  return (artifacts: Artifacts) =>
    rewritten(
      artifacts,
      eventsIn(artifacts).flatMap((event, index) =>
        changes[index + 1]?.(event) ?? event
      ),
    );
}

/** Changes the text of one artifact. */
function editing(name: string, edit: (text: string) => string) {
  return (artifacts: Artifacts): Artifacts =>
    new Map([...artifacts, [name, edit(artifacts.get(name) ?? "")]]);
}

/** Replaces one line of the ledger by others. */
function splicing(line: number, ...others: readonly string[]) {
  return (artifacts: Artifacts) =>
    withLines(artifacts, linesOf(artifacts).toSpliced(line - 1, 1, ...others));
}

function without(...names: readonly string[]) {
  return (artifacts: Artifacts): Artifacts =>
    new Map([...artifacts].filter(([name]) => !names.includes(name)));
}

/** Reads a text as JSON and lets the types believe it. */
function merged(event: RunEvent, changes: object): RunEvent {
  return JSON.parse(JSON.stringify({ ...event, ...changes }));
}

const change = (changes: object): Change => (event) => merged(event, changes);

/** Changes some of the totals, on the last line. */
function totalling(totals: object): Change {
  return (event) =>
    event.type === "run_finished"
      ? merged(event, { totals: { ...event.totals, ...totals } })
      : raise();
}

/** Puts another policy on record, with its hash. */
function withPolicyText(text: string): Change {
  const sha256 = hash("sha256", text);
  const version = sha256.slice(0, 12);
  return change({ policy: { version, sha256, text } });
}

const drop: Change = () => [];
const twice: Change = (event) => [event, event];

/**
 * The same bytes sealed again: the hashes of a changed line and of all lines
 * after it are recomputed.
 */
function respelling(line: number, respell: (text: string) => string) {
  return (artifacts: Artifacts): Artifacts => {
    const lines = linesOf(artifacts);
    return withLines(
      artifacts,
      resealed(lines.with(line - 1, respell(lines[line - 1] ?? ""))),
    );
  };
}

function resealed(lines: readonly string[]): readonly string[] {
  let head = "0".repeat(64);
  return lines.map((line) => {
    const body = line.replace(
      /,"prev":"[0-9a-f]{64}","hash":"[0-9a-f]{64}"}$/,
      `,"prev":"${head}"`,
    );
    head = hash("sha256", body);
    return `${body},"hash":"${head}"}`;
  });
}

const ANSWER_TO_NOTHING = JSON.stringify({
  v: 1,
  timestamp: "2026-11-24T12:00:00.000Z",
  bound_to: "b".repeat(64),
  approver: "ada",
  verdict: "approved",
});

/** Writes the first answer on record beside it, as a line that is changed then. */
function answered(edit: (line: string) => string) {
  return (artifacts: Artifacts): Artifacts => {
    const answer = eventsIn(artifacts)
      .find((event) => event.type === "approval_resolved") ?? raise();
    const { bound_to, approver, verdict } = answer;
    const line = JSON.stringify({
      v: 1,
      timestamp: "2026-11-24T12:00:00.000Z",
      bound_to,
      approver,
      verdict,
    });
    return new Map([...artifacts, ["approvals.jsonl", `${edit(line)}\n`]]);
  };
}

const NO_HASH = "1".repeat(64);

const FORGERIES: readonly Forgery[] = [
  // Files.
  {
    name: "a manifest that is gone",
    forge: without("manifest.json"),
    found: [["run_unfinished", "manifest.json"]],
  },
  {
    name: "a run that was killed",
    forge: (artifacts) =>
      new Map([
        ["state.jsonl", linesOf(artifacts).slice(0, 5).join("\n") + "\n"],
        ["trace.json.part", ""],
        ["run_report.md.part", ""],
        ["manifest.json.part", ""],
      ]),
    found: [["run_unfinished", "manifest.json"]],
  },
  {
    name: "a run that was killed while it wrote",
    forge: (artifacts) =>
      new Map([
        ["state.jsonl", linesOf(artifacts).slice(0, 5).join("\n")],
      ]),
    found: [
      ["line_torn", "state.jsonl", 5],
      ["run_unfinished", "manifest.json"],
    ],
  },
  {
    name: "a report that is gone",
    forge: without("run_report.md"),
    found: [["file_missing", "run_report.md"]],
  },
  {
    name: "a ledger that is gone",
    forge: without("state.jsonl"),
    found: [["file_missing", "state.jsonl"]],
  },
  {
    name: "a file more",
    forge: (artifacts) => new Map([...artifacts, ["notes.txt", ""]]),
    found: [["file_unexpected", "notes.txt"]],
  },
  {
    name: "a provisional file beside a finished run",
    forge: (artifacts) => new Map([...artifacts, ["trace.json.part", ""]]),
    found: [["file_unexpected", "trace.json.part"]],
  },
  {
    name: "a file in the place of the sandbox",
    forge: (artifacts) => new Map([...artifacts, ["sandbox", ""]]),
    found: [["not_a_file", "sandbox"]],
  },
  {
    name: "a small file that is large",
    forge: (artifacts) =>
      new Map([...artifacts, ["attestation.json", " ".repeat(2 ** 20 + 1)]]),
    found: [["file_too_large", "attestation.json"]],
  },
  {
    name: "answers that cannot be read",
    forge: (artifacts) =>
      new Map([...artifacts, ["approvals.jsonl", "\n{}\nnull"]]),
    found: [
      ["not_an_answer", "approvals.jsonl", 2],
      ["not_an_answer", "approvals.jsonl", 3],
    ],
  },
  {
    name: "an answer to no decision of the run",
    forge: (artifacts) =>
      new Map([...artifacts, ["approvals.jsonl", ANSWER_TO_NOTHING]]),
    found: [["answer_to_nothing", "approvals.jsonl", 1]],
  },
  {
    name: "an answer in another name",
    run: "approved",
    forge: answered((line) => line.replace("ada", "eve")),
    found: [["other_answer", "approvals.jsonl", 1]],
  },
  {
    name: "the answer on record",
    run: "approved",
    forge: answered((line) => line),
    found: [],
  },
  {
    name: "an attestation and incidents",
    forge: (artifacts) =>
      new Map([
        ...artifacts,
        ["attestation.json", "{}"],
        ["incidents.jsonl", '{"type":"resumed"}\n{}\n'],
      ]),
    found: [],
  },
  {
    name: "incidents that are none",
    forge: (artifacts) =>
      new Map([...artifacts, ["incidents.jsonl", '{}\n[]\nnull\n{"a"\n{}']]),
    found: [2, 3, 4, 5].map((line) => [
      "not_an_incident",
      "incidents.jsonl",
      line,
    ]),
  },

  // The bytes of the ledger.
  {
    name: "a last line without its end",
    forge: editing("state.jsonl", (text) => text.slice(0, -1)),
    found: [["line_torn", "state.jsonl", 13]],
  },
  {
    name: "a ledger that was cut off",
    forge: editing("state.jsonl", (text) => text.slice(0, text.length / 2)),
    found: [["line_torn", "state.jsonl", 5]],
  },
  {
    name: "nothing in the ledger",
    forge: editing("state.jsonl", () => ""),
    found: [["run_incomplete", "state.jsonl", 1]],
  },
  {
    name: "a line that is longer than any",
    forge: splicing(3, "x".repeat(2 ** 26 + 1)),
    found: [["line_too_long", "state.jsonl", 3]],
  },
  {
    name: "a line without a seal",
    forge: splicing(3, '{"v":1}'),
    found: [["line_unsealed", "state.jsonl", 3]],
  },
  {
    name: "an empty line",
    forge: editing("state.jsonl", (text) => `${text}\n`),
    found: [["line_unsealed", "state.jsonl", 14]],
  },
  {
    name: "Windows line ends",
    forge: editing("state.jsonl", (text) => text.replaceAll("\n", "\r\n")),
    found: [["line_unsealed", "state.jsonl", 1]],
  },
  {
    name: "a byte order mark",
    forge: editing("state.jsonl", (text) => `\ufeff${text}`),
    found: [["wrong_hash", "state.jsonl", 1]],
  },
  {
    name: "another result",
    forge: editing(
      "state.jsonl",
      (text) =>
        text.replace('"result":{"text":"hi"}', '"result":{"text":"ho"}'),
    ),
    found: [["wrong_hash", "state.jsonl", 8]],
  },
  {
    name: "another result and its hash",
    forge: (artifacts) => {
      const { [7]: line = "" } = linesOf(artifacts);
      const other = line.replace('{"text":"hi"}', '{"text":"ho"}');
      const body = other.slice(0, -75);
      return splicing(8, `${body},"hash":"${hash("sha256", body)}"}`)(
        artifacts,
      );
    },
    found: [["chain_broken", "state.jsonl", 9]],
  },
  {
    name: "another hash",
    forge: editing(
      "state.jsonl",
      (text) => text.replace(/"hash":"[0-9a-f]{64}"/, `"hash":"${NO_HASH}"`),
    ),
    found: [["wrong_hash", "state.jsonl", 1]],
  },
  {
    name: "two changes",
    forge: editing(
      "state.jsonl",
      (text) =>
        text.replace('"seq":4,', '"seq":5,').replace('"seq":9,', '"seq":8,'),
    ),
    found: [["wrong_hash", "state.jsonl", 5], [
      "wrong_hash",
      "state.jsonl",
      10,
    ]],
  },
  {
    name: "a line less",
    forge: splicing(5),
    found: [["chain_broken", "state.jsonl", 5]],
  },
  {
    name: "no first line",
    forge: splicing(1),
    found: [["chain_broken", "state.jsonl", 1]],
  },
  {
    name: "no last line",
    forge: splicing(13),
    found: [["run_incomplete", "state.jsonl", 12]],
  },
  {
    name: "two lines swapped",
    forge: (artifacts) => {
      const lines = linesOf(artifacts);
      const [, , , a = "", b = ""] = lines;
      return withLines(artifacts, lines.with(3, b).with(4, a));
    },
    found: [["chain_broken", "state.jsonl", 4]],
  },
  {
    name: "a line twice",
    forge: (artifacts) => {
      const lines = linesOf(artifacts);
      return withLines(artifacts, lines.toSpliced(4, 0, lines[4] ?? ""));
    },
    found: [["chain_broken", "state.jsonl", 6]],
  },
  {
    name: "the ledger twice",
    forge: editing("state.jsonl", (text) => text + text),
    found: [["chain_broken", "state.jsonl", 14]],
  },
  {
    name: "a line that is not JSON, sealed",
    forge: respelling(6, (text) => text.replace('{"v"', '{{"v"')),
    found: [["not_an_event", "state.jsonl", 6]],
  },
  {
    name: "an event that does not exist, sealed",
    forge: respelling(6, (text) => text.replace("tool_started", "tool_begun")),
    found: [["not_an_event", "state.jsonl", 6]],
  },
  {
    name: "a key that does not exist, sealed",
    forge: respelling(6, (text) => text.replace('"v":2,', '"v":2,"w":1,')),
    found: [["not_an_event", "state.jsonl", 6]],
  },
  ...Object.entries({
    "a space": ['"v":2,', '"v": 2,'],
    "keys in another order": ['"v":2,"seq":7', '"seq":7,"v":2'],
    "another escape": ['"hi"', '"\\u0068i"'],
    "a key twice": ['"step":1', '"step":0,"step":1'],
    "another number": ['"step":1', '"step":1.0'],
  }).map(([name, [from = "", to = ""]]): Forgery => ({
    name: `${name}, sealed`,
    forge: respelling(8, (text) => text.replace(from, to)),
    found: [
      ["not_as_written", "state.jsonl", 8],
      ["differs", "manifest.json", 32],
    ],
  })),
  {
    name: "a number left out, sealed",
    forge: respelling(6, (text) => text.replace('"seq":5', '"seq":6')),
    found: [["wrong_seq", "state.jsonl", 6], ["wrong_seq", "state.jsonl", 7]],
  },

  // The story.
  ...Object.entries<readonly [Readonly<Record<number, Change>>, number]>({
    "a step that begins twice": [{ 2: twice }, 3],
    "no beginning of a step": [{ 2: drop }, 2],
    "another step": [{ 7: change({ step: 2 }) }, 7],
    "two answers of the model": [{ 11: twice }, 12],
    "an answer and calls": [{ 3: change({ answer: "done" }) }, 3],
    "half a verdict": [{ 5: change({ call_sha256: null }) }, 5],
    "an objection that allows": [{ 5: change({ rule_id: "sandbox_path" }) }, 5],
    "no attempt": [{ 7: drop }, 7],
    "an attempt that comes twice": [{ 7: twice }, 8],
    "an attempt of another call": [{ 7: change({ call_id: "other" }) }, 7],
    "a success with an error": [{
      7: change({ error: error("transient") }),
    }, 7],
    "a second attempt without a first": [{ 7: change({ attempt: 2 }) }, 7],
    "a receipt of another call": [{ 8: change({ call_id: "other" }) }, 8],
    "a receipt of another tool": [{ 8: change({ tool: "work" }) }, 8],
    "a result and an error": [{ 8: change({ error: error("reported") }) }, 8],
    "no end of a step": [{ 9: drop }, 9],
  }).map(([name, [changes, line]]): Forgery => ({
    name,
    forge: changing(changes),
    found: [["event_order", "state.jsonl", line]],
  })),
  {
    name: "settings of a model in a first line of version 1",
    run: "model_with_settings",
    forge: changing({ 1: change({ v: 1 }) }),
    found: [["event_order", "state.jsonl", 1]],
  },
  {
    name: "a first line of version 1 without the program's version",
    forge: changing({ 1: change({ v: 1 }) }),
    found: [["event_order", "state.jsonl", 1]],
  },
  ...[
    { name: "an answer of version 1 in a record of version 2", v: 1 },
    {
      name: "what came with an answer that is not there",
      ...{ calls: [], error: error("unhandled") },
    },
  ].map(({ name, ...fields }): Forgery => ({
    name,
    run: "model_that_reasons",
    forge: changing({ 4: change(fields) }),
    found: [["event_order", "state.jsonl", 4]],
  })),
  {
    name: "a result of a call that failed",
    run: "foreseen_failure",
    forge: changing({ 8: change({ result: "made up" }) }),
    found: [["event_order", "state.jsonl", 8]],
  },
  {
    name: "a receipt without the error of its attempt",
    run: "foreseen_failure",
    forge: changing({ 8: change({ error: null }) }),
    found: [["event_order", "state.jsonl", 8]],
  },
  {
    name: "another try of a tool after the last that is allowed",
    run: "retries_exhausted",
    forge: changing({
      9: (event) => [event, merged(event, { attempt: 1 })],
    }),
    found: [["event_order", "state.jsonl", 10]],
  },
  {
    name: "a model that was out and is asked as if it were not",
    run: "model_that_was_out",
    forge: changing({ 5: change({ attempt: 3 }) }),
    found: [["event_order", "state.jsonl", 5], [
      "wrong_time",
      "state.jsonl",
      9,
    ]],
  },
  {
    name: "a model that was out and has answered all the same",
    run: "model_that_was_out",
    forge: changing({ 7: drop, 8: drop }),
    found: [
      ["not_an_output", "state.jsonl", 7],
      ["wrong_outcome", "state.jsonl", 8],
      ["wrong_totals", "state.jsonl", 9],
    ],
  },
  {
    name: "an attempt after one that is not tried again",
    forge: changing({
      7: (event) => [
        merged(event, { outcome: "non_retryable", error: error("reported") }),
        merged(event, { attempt: 2 }),
      ],
    }),
    found: [
      ["event_order", "state.jsonl", 8],
    ],
  },
  {
    name: "a run that starts with its first step",
    forge: (artifacts) => rechained(artifacts, eventsIn(artifacts).slice(1)),
    found: [["event_order", "state.jsonl", 1]],
  },
  {
    name: "a run that starts twice",
    forge: (artifacts) => {
      const [start, ...events] = eventsIn(artifacts);
      return rechained(
        artifacts,
        start === undefined ? [] : [start, start, ...events],
      );
    },
    found: [["event_order", "state.jsonl", 2]],
  },
  {
    name: "a line after the end",
    forge: (artifacts) => {
      const events = eventsIn(artifacts);
      return rechained(artifacts, [...events, ...events.slice(1, 4)]);
    },
    found: [["line_after_end", "state.jsonl", 14]],
  },
  {
    name: "an end that is missing, sealed",
    forge: (artifacts) =>
      rechained(artifacts, eventsIn(artifacts).slice(0, -1)),
    found: [["run_incomplete", "state.jsonl", 12]],
  },
  {
    name: "another task under the hash of the first",
    forge: changing({
      1: change({
        task: {
          id: "rehearsal",
          question: "What now?",
          sha256: NO_HASH,
          text: "id: rehearsal\n",
        },
      }),
    }),
    found: [["wrong_input_hash", "state.jsonl", 1]],
  },
  {
    name: "another policy under the hash of the first",
    forge: changing({
      1: (event) =>
        event.type === "run_started"
          ? {
            ...event,
            policy: { ...event.policy, text: `${event.policy.text}\n` },
          }
          : event,
    }),
    found: [["wrong_input_hash", "state.jsonl", 1]],
  },
  {
    name: "another version of the policy",
    forge: changing({
      1: (event) =>
        event.type === "run_started"
          ? { ...event, policy: { ...event.policy, version: "0".repeat(12) } }
          : event,
    }),
    found: [["wrong_input_hash", "state.jsonl", 1]],
  },
  {
    name: "a verdict on a tool that was not proposed",
    forge: changing({ 5: change({ tool: "work" }) }),
    found: [
      ["not_proposed", "state.jsonl", 5],
      ["not_allowed", "state.jsonl", 6],
    ],
  },
  {
    name: "a verdict on a call that was not proposed",
    forge: changing({ 5: change({ call_id: "other" }) }),
    found: [
      ["not_proposed", "state.jsonl", 5],
      ["not_allowed", "state.jsonl", 6],
    ],
  },
  {
    name: "calls in another order",
    run: "two_calls_in_one_answer",
    forge: changing({
      3: (event) =>
        event.type === "llm_completed"
          ? { ...event, calls: event.calls.toReversed() }
          : event,
    }),
    found: [
      ["not_proposed", "state.jsonl", 4],
      ["not_proposed", "state.jsonl", 9],
    ],
  },
  {
    name: "more verdicts than calls",
    run: "two_calls_in_one_answer",
    forge: changing({
      3: (event) =>
        event.type === "llm_completed"
          ? { ...event, calls: event.calls.slice(0, 1) }
          : event,
    }),
    found: [["not_proposed", "state.jsonl", 9]],
  },
  {
    name: "a call that was not taken up",
    forge: changing({ 4: drop }),
    found: [["not_proposed", "state.jsonl", 4]],
  },
  {
    name: "a call that was taken up twice",
    forge: changing({ 4: twice }),
    found: [["not_proposed", "state.jsonl", 5], [
      "wrong_outcome",
      "state.jsonl",
      11,
    ]],
  },
  {
    name: "a call that was taken up after its verdict",
    forge: (artifacts) => {
      const events = eventsIn(artifacts);
      const [proposed, verdict] = events.slice(3, 5);
      return rewritten(
        artifacts,
        events.toSpliced(3, 2, verdict ?? raise(), proposed ?? raise()),
      );
    },
    found: [["not_proposed", "state.jsonl", 4], [
      "wrong_time",
      "state.jsonl",
      5,
    ]],
  },
  {
    name: "a call with other arguments than those that were proposed",
    forge: changing({ 4: change({ args_json: '{"text":"ho"}' }) }),
    found: [["not_proposed", "state.jsonl", 4], [
      "not_as_decided",
      "state.jsonl",
      5,
    ]],
  },
  {
    name: "two calls that were taken up in another order",
    run: "two_calls_in_one_answer",
    forge: (artifacts) => {
      const events = eventsIn(artifacts);
      return rewritten(artifacts, [
        ...events.slice(0, 3),
        ...events.slice(8, 13),
        ...events.slice(3, 8),
        ...events.slice(13),
      ]);
    },
    found: [["not_proposed", "state.jsonl", 4], [
      "not_proposed",
      "state.jsonl",
      9,
    ]],
  },
  {
    name: "the verdicts of two calls, each in the place of the other",
    run: "two_calls_in_one_answer",
    forge: changing({ 5: change({ call: 8 }), 10: change({ call: 3 }) }),
    found: [["not_proposed", "state.jsonl", 5]],
  },
  {
    name: "the intents of two calls, each in the place of the other",
    run: "two_calls_in_one_answer",
    forge: changing({ 6: change({ call: 8 }), 11: change({ call: 3 }) }),
    found: [["not_allowed", "state.jsonl", 6]],
  },
  {
    name: "an attempt and a receipt of another call that is over",
    run: "two_calls_in_one_answer",
    forge: changing({ 12: change({ call: 3 }), 13: change({ call: 3 }) }),
    found: [["event_order", "state.jsonl", 12]],
  },
  {
    name: "an event that names no call",
    forge: changing({ 8: change({ call: undefined }) }),
    found: [["event_order", "state.jsonl", 8]],
  },
  {
    name: "an event of the run that names a call",
    forge: changing({ 9: change({ call: 3 }) }),
    found: [["event_order", "state.jsonl", 9]],
  },
  {
    name: "no verdict",
    forge: changing({ 5: drop }),
    found: [["not_allowed", "state.jsonl", 5]],
  },
  {
    name: "no answer of the model",
    forge: changing({ 3: drop }),
    found: [["not_proposed", "state.jsonl", 3]],
  },
  {
    name: "a denial turned into a call",
    forge: changing({
      5: change({ decision: "deny", rule_id: "sandbox_path", reason: "no" }),
    }),
    found: [
      ["not_as_decided", "state.jsonl", 5],
      ["not_allowed", "state.jsonl", 6],
    ],
  },
  {
    name: "other arguments than those that were allowed",
    forge: changing({ 6: change({ args: { text: "ho" } }) }),
    found: [["not_allowed", "state.jsonl", 6]],
  },
  {
    name: "another tool than the one that was allowed",
    forge: changing({
      6: change({ tool: "work" }),
      8: change({ tool: "work" }),
    }),
    found: [["not_allowed", "state.jsonl", 6]],
  },
  {
    name: "another verdict's hash",
    forge: changing({ 5: change({ call_sha256: NO_HASH }) }),
    found: [
      ["not_as_decided", "state.jsonl", 5],
      ["not_allowed", "state.jsonl", 6],
    ],
  },
  {
    name: "one verdict for two calls",
    forge: (artifacts) => {
      const events = eventsIn(artifacts);
      return rewritten(
        artifacts,
        events.toSpliced(8, 0, ...events.slice(5, 8)),
      );
    },
    found: [["not_allowed", "state.jsonl", 9]],
  },
  {
    name: "another idempotency key",
    forge: changing({ 6: change({ idempotency_key: NO_HASH }) }),
    found: [["wrong_idempotency_key", "state.jsonl", 6]],
  },
  {
    name: "no receipt",
    forge: changing({ 8: drop }),
    found: [["no_receipt", "state.jsonl", 8]],
  },
  {
    name: "a receipt whose outcome is unknown, after an attempt that failed",
    run: "unforeseen_throw",
    forge: changing({ 8: change({ error: INDETERMINATE }) }),
    found: [["event_order", "state.jsonl", 8]],
  },
  {
    name: "an attempt and a receipt whose outcome is unknown",
    run: "unforeseen_throw",
    forge: changing({
      7: change({ error: INDETERMINATE }),
      8: change({ error: INDETERMINATE }),
    }),
    found: [],
  },
  {
    name: "a receipt whose result was lost with the process",
    run: "unforeseen_throw",
    forge: changing({
      7: change({ outcome: "success", error: null }),
      8: change({ error: INDETERMINATE }),
    }),
    found: [],
  },
  {
    name: "no attempt before a receipt whose outcome is unknown",
    run: "unforeseen_throw",
    forge: changing({
      7: drop,
      8: change({ error: INDETERMINATE }),
      10: totalling({ attempts: 0 }),
    }),
    found: [["event_order", "state.jsonl", 7]],
  },
  {
    name: "a run that continues after an unknown outcome",
    forge: changing({
      7: change({ outcome: "non_retryable", error: INDETERMINATE }),
      8: change({ result: null, error: INDETERMINATE }),
    }),
    found: [["wrong_outcome", "state.jsonl", 9], [
      "wrong_outcome",
      "state.jsonl",
      10,
    ]],
  },
  {
    name: "a question that is not the task's",
    forge: changing({
      1: (event) =>
        event.type === "run_started"
          ? merged(event, {
            task: { ...event.task, question: "Wire a million to Mallory?" },
          })
          : event,
    }),
    found: [["not_in_task", "state.jsonl", 1]],
  },
  {
    name: "an id that is not the task's",
    forge: changing({
      1: (event) =>
        event.type === "run_started"
          ? merged(event, { task: { ...event.task, id: "other" } })
          : event,
    }),
    found: [["not_in_task", "state.jsonl", 1]],
  },
  {
    name: "an invalid policy",
    forge: changing({ 1: withPolicyText("version: 1\n") }),
    found: [["undecidable", "state.jsonl", 1]],
  },
  {
    name: "two tools of one name",
    forge: changing({
      1: (event) =>
        event.type === "run_started"
          ? merged(event, { tools: [...event.tools, ...event.tools] })
          : event,
    }),
    found: [["undecidable", "state.jsonl", 1]],
  },
  {
    name: "a tool of this program that writes without saying so",
    forge: changing({
      1: (event) =>
        event.type === "run_started"
          ? merged(event, {
            tools: [...event.tools, {
              name: "write",
              description: "Create or replace one text file",
              effects: { fetches: [], reads: [], writes: [] },
              idempotent: true,
              input_schema: {},
            }],
          })
          : event,
    }),
    found: [["other_tool", "state.jsonl", 1]],
  },
  {
    name: "a question that says nothing of what it asks",
    run: "approved",
    forge: changing({
      5: change({ v: 1, asked: undefined }),
    }),
    found: [["event_order", "state.jsonl", 5]],
  },
  {
    name: "a question in other words than the policy's",
    run: "approved",
    forge: changing({ 5: change({ reason: "the team has approved it" }) }),
    found: [["not_as_decided", "state.jsonl", 5]],
  },
  {
    name: "a denial that says nothing of what it is about",
    run: "denied_call",
    forge: changing({ 5: change({ metadata: {} }) }),
    found: [["not_as_decided", "state.jsonl", 5]],
  },
  {
    name: "arguments that a validator made of the same",
    forge: changing({
      5: change({
        v: 2,
        facts: { args_error: null, paths: [], hosts: [], args: { text: "hi" } },
      }),
    }),
    found: [["impossible_fact", "state.jsonl", 5]],
  },
  {
    name: "a clock that goes back",
    forge: changing({ 9: change({ ts: "5" }) }),
    found: [["wrong_time", "state.jsonl", 9]],
  },
  {
    name: "a judgement that began before the answer it is about",
    forge: changing({ 5: change({ started_at: "5" }) }),
    found: [["wrong_time", "state.jsonl", 5]],
  },
  {
    name: "a call without an id",
    forge: changing({
      3: (event) =>
        event.type === "llm_completed"
          ? merged(event, { calls: [{ ...event.calls[0], id: "" }] })
          : event,
      4: change({ call_id: "" }),
      5: change({ call_id: "" }),
      6: change({ call_id: "" }),
      7: change({ call_id: "" }),
      8: change({ call_id: "" }),
    }),
    found: [["not_an_output", "state.jsonl", 3]],
  },
  {
    name: "a public address that is not one",
    run: "public_address",
    forge: changing({
      5: (event) =>
        merged(event, {
          facts: {
            args_error: null,
            paths: [],
            hosts: [{
              host: "fixtures.local",
              addresses: [{ address: "169.254.169.254", range: "unicast" }],
            }],
          },
        }),
    }),
    found: [["impossible_fact", "state.jsonl", 5]],
  },
  {
    name: "a host of a denied call that was looked up",
    run: "unlisted_url",
    forge: changing({
      5: (event) =>
        merged(event, {
          facts: {
            args_error: null,
            paths: [],
            hosts: [{ host: "x.test", addresses: [] }],
          },
        }),
    }),
    found: [["impossible_fact", "state.jsonl", 5]],
  },
  {
    name: "an attempt that ended before its retries were used up",
    run: "retries_exhausted",
    forge: changing({
      7: change({ outcome: "exhausted", backoff_ms: 0 }),
    }),
    found: [["wrong_attempt", "state.jsonl", 7], [
      "event_order",
      "state.jsonl",
      8,
    ]],
  },
  ...["none", " ", "\u001b[2Jada"].map((approver): Forgery => ({
    name: `an approval by ${JSON.stringify(approver)}`,
    run: "approved",
    forge: changing({ 6: change({ approver }) }),
    found: [["unknown_approver", "state.jsonl", 6]],
  })),
  {
    name: "an approval of another call",
    run: "approved",
    forge: changing({ 6: change({ bound_to: NO_HASH }) }),
    found: [["other_approval", "state.jsonl", 6]],
  },
  {
    name: "an approval without a question",
    run: "approved",
    forge: changing({ 6: change({ call_id: "other" }) }),
    found: [["other_approval", "state.jsonl", 6]],
  },
  {
    name: "a rejection turned into a call",
    run: "approved",
    forge: changing({ 6: change({ verdict: "rejected" }) }),
    found: [["not_as_answered", "state.jsonl", 7]],
  },
  {
    name: "a call in the place of a denial",
    run: "rejected",
    forge: changing({
      7: change({
        decision: "allow",
        rule_id: null,
        reason: null,
        metadata: {},
      }),
    }),
    found: [
      ["not_as_answered", "state.jsonl", 7],
      ["event_order", "state.jsonl", 8],
    ],
  },
  {
    name: "no denial after a rejection",
    run: "rejected",
    forge: changing({
      7: drop,
      9: totalling({ policy_checks: 1, denials: 0 }),
    }),
    found: [["wrong_outcome", "state.jsonl", 8]],
  },
  {
    name: "no denial after a rejection that is survived",
    run: "rejected_and_told",
    forge: changing({
      7: drop,
      12: totalling({ policy_checks: 1, denials: 0 }),
    }),
    found: [["wrong_outcome", "state.jsonl", 8]],
  },
  {
    name: "a denial in the name of somebody else",
    run: "rejected",
    forge: changing({
      7: change({
        reason: "rejected by bob: work needs a person",
      }),
    }),
    found: [["not_as_answered", "state.jsonl", 7]],
  },
  {
    name: "a budget in the place of a denial",
    run: "rejected",
    forge: changing({
      7: change({
        call_id: null,
        tool: null,
        rule_id: "loop_budget",
        call_sha256: null,
        facts: null,
      }),
    }),
    found: [["event_order", "state.jsonl", 7]],
  },
  {
    name: "no verdict on the call after a rejected one",
    run: "rejected_before_another_call",
    forge: changing({
      8: drop,
      9: drop,
      10: drop,
      11: drop,
      12: drop,
      17: totalling({ tool_calls: 0, policy_checks: 2, attempts: 0 }),
    }),
    found: [["wrong_outcome", "state.jsonl", 9]],
  },
  {
    name: "somebody else in what a denial is about",
    run: "rejected",
    forge: changing({
      7: change({ metadata: { tool: "work", approver: "bob" } }),
    }),
    found: [["not_as_answered", "state.jsonl", 7]],
  },
  {
    name: "a rejection by another rule",
    run: "rejected",
    forge: changing({ 7: change({ rule_id: "sandbox_path" }) }),
    found: [["not_as_answered", "state.jsonl", 7]],
  },
  {
    name: "a denial of what a person approved",
    run: "rejected",
    forge: changing({ 6: change({ verdict: "approved" }) }),
    found: [["not_as_answered", "state.jsonl", 7]],
  },
  {
    name: "a denial by a person who was not asked",
    run: "denied_call",
    forge: changing({ 5: change({ rule_id: "approval" }) }),
    found: [["not_as_answered", "state.jsonl", 5]],
  },
  {
    name: "a rule that failed where it would have asked a person",
    run: "denied_call",
    forge: changing({
      5: change({
        rule_id: "approval",
        reason: "the rule failed, so nothing is allowed",
        metadata: { tool: "rm", error_class: "Error" },
      }),
    }),
    found: [["not_as_decided", "state.jsonl", 5]],
  },
  {
    name: "a person who is asked twice",
    run: "approved",
    forge: (artifacts) => {
      const events = eventsIn(artifacts);
      return rewritten(
        artifacts,
        events.toSpliced(6, 0, ...events.slice(4, 6)),
      );
    },
    found: [
      ["not_as_answered", "state.jsonl", 7],
      ["other_approval", "state.jsonl", 8],
      ["not_as_decided", "state.jsonl", 9],
      ["wrong_totals", "state.jsonl", 17],
    ],
  },
  {
    name: "another failure mode",
    forge: changing({ 9: change({ failure_mode: "tool_call_failure" }) }),
    found: [["wrong_outcome", "state.jsonl", 9]],
  },
  {
    name: "no failure mode in the last step",
    run: "retries_exhausted",
    forge: (artifacts) => {
      const last = eventsIn(artifacts).length;
      return changing({ [last - 1]: change({ failure_mode: null }) })(
        artifacts,
      );
    },
    found: [["wrong_outcome", "state.jsonl", 11]],
  },
  {
    name: "another terminal reason",
    forge: changing({ 13: change({ terminal_reason: "loop_budget" }) }),
    found: [["wrong_outcome", "state.jsonl", 13]],
  },
  {
    name: "another answer",
    forge: changing({ 13: change({ answer: "undone" }) }),
    found: [["wrong_outcome", "state.jsonl", 13]],
  },
  {
    name: "a run that continues after its answer",
    forge: (artifacts) => {
      const events = eventsIn(artifacts);
      return rewritten(artifacts, [
        ...events.slice(0, 9),
        ...events.slice(9, 12),
        ...events.slice(9, 12).map((event) => merged(event, { step: 3 })),
        merged(events[12] ?? raise(), {
          step: 3,
          totals: {
            steps: 3,
            llm_calls: 3,
            tool_calls: 1,
            policy_checks: 1,
            denials: 0,
            attempts: 1,
            tokens: 60,
          },
        }),
      ]);
    },
    found: [["wrong_outcome", "state.jsonl", 13]],
  },
  ...[
    "steps",
    "llm_calls",
    "tool_calls",
    "policy_checks",
    "denials",
    "attempts",
    "tokens",
  ].map((total): Forgery => ({
    name: `another number of ${total}`,
    forge: changing({
      13: (event) =>
        event.type === "run_finished"
          ? merged(event, { totals: { ...event.totals, [total]: 99 } })
          : event,
    }),
    found: [["wrong_totals", "state.jsonl", 13]],
  })),

  // What is made of it.
  {
    name: "another trace",
    forge: editing("trace.json", (text) => text.replace("llm_call", "llm_cal")),
    found: [["differs", "trace.json", 2]],
  },
  {
    name: "a trace that ends early",
    forge: editing("trace.json", (text) => text.slice(0, -1)),
    found: [["differs", "trace.json", 9]],
  },
  {
    name: "a trace that continues",
    forge: editing("trace.json", (text) => `${text} `),
    found: [["differs", "trace.json", 10]],
  },
  {
    name: "an empty trace",
    forge: editing("trace.json", () => ""),
    found: [["differs", "trace.json", 1]],
  },
  {
    name: "another report",
    forge: editing(
      "run_report.md",
      (text) => text.replace("done", "d\u200bone"),
    ),
    found: [["differs", "run_report.md", 16]],
  },
  {
    name: "another manifest",
    forge: editing(
      "manifest.json",
      (text) => text.replace('"seed": 7', '"seed": 8'),
    ),
    found: [["differs", "manifest.json", 11]],
  },
  {
    name: "a key more in the manifest",
    forge: editing(
      "manifest.json",
      (text) => text.replace('  "code"', '  "git_sha": null,\n  "code"'),
    ),
    found: [["differs", "manifest.json", 6]],
  },
  {
    name: "other values of the right form",
    forge: editing(
      "manifest.json",
      (text) =>
        text.replace("2026", "1999").replace("1.5", "0.25")
          .replace(/"git_sha": .*/, '"git_sha": null'),
    ),
    found: [],
  },
  ...[
    [4, '"2026-11-22T09:00:00.000Z"', '"2026-11-22T09:00:00Z"'],
    [4, '"2026-11-22T09:00:00.000Z"', '"2026-02-30T09:00:00.000Z"'],
    [4, '"2026-11-22T09:00:00.000Z"', '"2026-11-22T25:00:00.000Z"'],
    [4, '"2026-11-22T09:00:00.000Z"', '"yesterday"'],
    [5, "1.5", "-1.5"],
    [5, "1.5", "1.50"],
    [5, "1.5", "null"],
    [5, "1.5", "1e999"],
    [5, "1.5", ""],
    [8, '"0123456789abcdef', '"0123456789ABCDEF'],
    [8, '"0123456789abcdef', '"'],
  ].map(([line, from, to]): Forgery => ({
    name: `${to} in line ${line} of the manifest`,
    forge: editing(
      "manifest.json",
      (text) => text.replace(String(from), String(to)),
    ),
    found: [["volatile_form", "manifest.json", Number(line)]],
  })),
  {
    name: "a timestamp that is not text",
    forge: editing(
      "manifest.json",
      (text) => text.replace('"2026-11-22T09:00:00.000Z"', "0"),
    ),
    found: [["differs", "manifest.json", 4]],
  },
  {
    name: "another trace beside a broken ledger",
    forge: (artifacts) =>
      editing("trace.json", (text) => text.replace("llm_call", "llm_cal"))(
        splicing(9)(artifacts),
      ),
    found: [
      ["chain_broken", "state.jsonl", 9],
      ["differs", "trace.json", 2],
    ],
  },
  {
    name: "another report beside a broken ledger",
    forge: (artifacts) =>
      editing("run_report.md", (text) => `${text}\n`)(splicing(4)(artifacts)),
    found: [
      ["chain_broken", "state.jsonl", 4],
      ["wrong_digest", "run_report.md"],
    ],
  },
  {
    name: "a manifest that cannot be read beside a broken ledger",
    forge: (artifacts) =>
      editing("manifest.json", () => "{")(splicing(4)(artifacts)),
    found: [
      ["chain_broken", "state.jsonl", 4],
      ["not_a_manifest", "manifest.json"],
    ],
  },
  {
    name: "a call that was not allowed, after a missing line",
    run: "many_steps",
    forge: (artifacts) => {
      const events = eventsIn(artifacts);
      const lines = sealed(events.toSpliced(28, 1));
      return withLines(artifacts, lines.toSpliced(3, 1));
    },
    found: [["chain_broken", "state.jsonl", 4], [
      "not_allowed",
      "state.jsonl",
      28,
    ]],
  },

  // What was kept elsewhere.
  {
    name: "another head",
    forge: (artifacts) => artifacts,
    kept: { head: NO_HASH },
    found: [["wrong_head", "state.jsonl", 13]],
  },
  ...(["policy", "task", "script", "corpus"] as const).map((
    input,
  ): Forgery => ({
    name: `another ${input}`,
    forge: (artifacts) => artifacts,
    kept: { [`${input}Sha256`]: NO_HASH },
    found: [[`other_${input}`, "state.jsonl"]],
  })),
];

function error(kind: FailureKind) {
  return { kind, type: "x", exception_class: "X", message: "x" };
}

function raise(): never {
  throw new RangeError("There is no such event");
}

Deno.test("verifyRun() finds nothing in calls that run at the same time", async () => {
  const artifacts = await rewritten(
    await recorded(REHEARSALS.two_calls_in_one_answer()),
    await overlapped(),
  );
  assertEquals(verifyRun(memorySource(artifacts)).findings, []);
});

for (const { name, run = "one_call", forge, kept, found } of FORGERIES) {
  Deno.test(`verifyRun() finds ${name} in ${run}`, async () => {
    const artifacts = await forge(await recorded(REHEARSALS[run]()));
    const { findings } = verifyRun(memorySource(artifacts), kept);
    assertEquals(
      findings.map(({ code, artifact, line }) =>
        line === undefined ? [code, artifact] : [code, artifact, line]
      ),
      found.map((each) => [...each]),
      JSON.stringify(findings, null, 2),
    );
  });
}

Deno.test("verifyRun() finds bytes that are not text in a sealed line", async () => {
  const artifacts = await recorded(REHEARSALS.one_call());
  const encoder = new TextEncoder();
  let head = "0".repeat(64);
  const lines = linesOf(artifacts).map((line, index) => {
    const body = encoder.encode(
      line.replace(/,"prev":.*$/, `,"prev":"${head}"`),
    );
    if (index === 6) body[line.indexOf('"hi"') + 1] = 0xff;
    head = hash("sha256", body);
    return [...body, ...encoder.encode(`,"hash":"${head}"}\n`)];
  });
  const files = new Map(
    [...artifacts].map(([name, text]) => [name, encoder.encode(text)]),
  );
  const { findings } = verifyRun(
    bytesSource(files.set("state.jsonl", new Uint8Array(lines.flat()))),
  );
  assertEquals(
    findings.map(({ code, line }) => [code, line]),
    [["not_utf8", 7]],
  );
});

Deno.test("verifyRun() finds lines after the one whose hash was kept", async () => {
  const artifacts = await recorded(REHEARSALS.one_call());
  const head = linesOf(artifacts)[4]?.slice(-66, -2);
  const { findings } = verifyRun(memorySource(artifacts), { head });
  assertEquals(
    findings.map(({ code, line, message }) => [code, line, message]),
    [[
      "wrong_head",
      13,
      "the hash that was kept is that of line 5; lines were added after it",
    ]],
  );
});

const DID_NOT_FINISH =
  "the manifest is missing: the run did not finish, or the file was removed";

/** The ledger of `approved` as it is while the run waits: up to the line that asks. */
function whileItWaits(artifacts: Artifacts): readonly string[] {
  const lines = linesOf(artifacts);
  const asks = lines.findIndex((line) =>
    line.includes('"decision":"escalate"')
  );
  return lines.slice(0, asks + 1);
}

for (
  const { what, edit, message } of [
    {
      what: "waits for approval",
      edit: (lines: readonly string[]) => lines,
      message:
        'the manifest is missing: the run waits for approval of a call of "work"',
    },
    {
      what: "broke off before it asked",
      edit: (lines: readonly string[]) => lines.slice(0, -1),
      message: DID_NOT_FINISH,
    },
    {
      what: "waits, after a line that is missing",
      edit: (lines: readonly string[]) => lines.toSpliced(1, 1),
      message: DID_NOT_FINISH,
    },
    {
      what: "waits, on a line that was changed",
      edit: (lines: readonly string[]) =>
        lines.with(-1, (lines.at(-1) ?? "").replace('"work"', '"wark"')),
      message: DID_NOT_FINISH,
    },
    {
      what: "waits, and was asked out of turn",
      edit: (lines: readonly string[], all: readonly RunEvent[]) =>
        sealed([
          ...all.slice(0, lines.length - 2),
          ...all.slice(lines.length - 1, lines.length),
        ]),
      message: DID_NOT_FINISH,
    },
    {
      what: "broke off when a call was allowed",
      edit: (lines: readonly string[], all: readonly RunEvent[]) =>
        sealed(
          all.slice(0, lines.length).map((event) =>
            event.type === "policy_checked"
              ? { ...event, decision: "allow", rule_id: null, reason: null }
              : event
          ),
        ),
      message: DID_NOT_FINISH,
    },
    {
      what: "has been answered",
      edit: (lines: readonly string[], all: readonly RunEvent[]) =>
        sealed(all.slice(0, lines.length + 1)),
      message: DID_NOT_FINISH,
    },
  ]
) {
  Deno.test(`verifyRun() says of an unfinished run that ${what}: ${message}`, async () => {
    const artifacts = await recorded(REHEARSALS.approved());
    const lines = edit(whileItWaits(artifacts), eventsIn(artifacts));
    const { findings, waitsFor } = verifyRun(
      memorySource(
        without(
          "manifest.json",
          "trace.json",
          "run_report.md",
        )(withLines(artifacts, lines)),
      ),
    );
    assertEquals(waitsFor, message === DID_NOT_FINISH ? null : "work");
    assertEquals(
      findings.filter(({ code }) => code === "run_unfinished"),
      [{ code: "run_unfinished", artifact: "manifest.json", message }],
    );
  });
}

Deno.test("verifyRun() finds links and folders in the place of files", async () => {
  const artifacts = await recorded(REHEARSALS.one_call());
  const source = memorySource(artifacts);
  const kinds = new Map<string, ArtifactEntry["kind"]>([
    ["trace.json", "other"],
    ["run_report.md", "directory"],
  ]);
  const { findings } = verifyRun({
    ...source,
    entries: () =>
      source.entries().map(({ name, kind }) => ({
        name,
        kind: kinds.get(name) ?? kind,
      })),
  });
  assertEquals(
    findings.map(({ code, artifact }) => [code, artifact]),
    [["not_a_file", "trace.json"], ["not_a_file", "run_report.md"]],
  );
});

Deno.test("every code that verifyRun() has for a finding is provoked by a test", () => {
  const provoked = new Set<string>([
    "not_utf8",
    // In evidence/verify/mod_test.ts.
    "policy_unread",
    // In tests/verify_beside_test.ts.
    "other_content",
    "other_documents",
    ...FORGERIES.flatMap(({ found }) => found.map(([code]) => code)),
  ]);
  assertEquals([...provoked].sort(), FINDINGS.map(({ code }) => code).sort());
});

Deno.test("verifyRun() tells the digest of every artifact that it read", async () => {
  const artifacts = await recorded(REHEARSALS.one_call());
  const encoder = new TextEncoder();
  for (
    const forged of [
      artifacts,
      splicing(4)(artifacts),
      editing("trace.json", (text) => `x${text}`)(artifacts),
      editing("trace.json", (text) => `${text}x`)(artifacts),
      editing("trace.json", (text) => text.slice(0, 99))(artifacts),
    ]
  ) {
    assertEquals(
      verifyRun(memorySource(forged)).digests,
      Object.fromEntries(
        [...forged].map(([name, text]) => {
          const bytes = encoder.encode(text);
          return [name, { sha256: hash("sha256", bytes), bytes: bytes.length }];
        }),
      ),
    );
  }
});

Deno.test("verifyRun() finds the same however the bytes are cut into chunks", async () => {
  const artifacts = await recorded(REHEARSALS.lone_surrogates());
  const encoder = new TextEncoder();
  for (const size of [1, 7, 100, 4096]) {
    const buffer = new Uint8Array(size);
    const { findings } = verifyRun({
      ...memorySource(artifacts),
      *chunks(name) {
        const whole = encoder.encode(artifacts.get(name));
        for (let at = 0; at < whole.length; at += size) {
          const part = whole.subarray(at, at + size);
          buffer.set(part);
          yield buffer.subarray(0, part.length);
        }
      },
    });
    assertEquals(findings, []);
  }
});
