import { startDigest } from "../../tools/data/sha256.ts";
import { APPROVALS } from "../approval/approval_file.ts";
import type { ArtifactEntry, ArtifactSource } from "../artifact_source.ts";
import type { ArtifactName } from "../artifacts.ts";
import { differenceMessage } from "./difference_message.ts";
import { type ExpectedText, expectedText } from "./expected_text.ts";
import { MAX_FILE_BYTES } from "../file_limits.ts";
import type { Finding } from "./finding.ts";
import { type FindingList, findingList } from "./finding_list.ts";
import { unreadableIncidents } from "./incidents.ts";
import {
  checkInputs,
  headCheck,
  type KeptElsewhere,
} from "./kept_elsewhere.ts";
import { checkedLines, type ReportLine } from "./ledger_reader.ts";
import type { ArtifactDigest } from "../recording/manifest.ts";
import { quoted } from "../../tools/data/untrusted_text.ts";
import { checkEntries } from "./run_entries.ts";
import { runProjection } from "../recording/run_projection.ts";
import { runStory } from "./run_story.ts";
import {
  manifestFaults,
  statedDigests,
  UNKNOWN_MAKER,
} from "./stored_manifest.ts";
import { approvalsCheck } from "./approvals_check.ts";
import type { BesideCheck } from "./beside_check.ts";
import { sandboxCheck } from "./sandbox_check.ts";

/** What came of verifying one run. */
export interface Verification {
  /** What is wrong, the ledger first; empty when nothing is. */
  readonly findings: readonly Finding[];
  /** How many more there are, of codes that are listed ten times already. */
  readonly unlisted: number;
  /** Lines of the ledger. */
  readonly events: number;
  /** Hash that the last line states; `null` when it states none. */
  readonly head: string | null;
  /** SHA-256 and size of each artifact that was read to its end. */
  readonly digests: Readonly<Partial<Record<ArtifactName, ArtifactDigest>>>;
  /**
   * Whether trace, report and manifest were made again and compared. They are
   * not when the ledger is broken; trace and report are then held against the
   * hashes that the manifest states.
   */
  readonly regenerated: boolean;
  /** Whether every decision was made again, as far as the ledger is sound. */
  readonly redecided: boolean;
  /** The tool of the call whose approval an unfinished run waits for; `null` for any other run. */
  readonly waitsFor: string | null;
}

/** What a run is verified with beside its own bytes. */
export interface VerifyOptions extends KeptElsewhere {
  /**
   * Whether every decision is made again from the policy, the calls and the facts
   * on record. Default: true.
   */
  readonly redecide?: boolean | undefined;
}

const PROJECTIONS = ["trace.json", "run_report.md"] as const;

/**
 * Verifies what a run left behind, from its bytes alone: nothing is run, and
 * nothing but `source` is asked. Every artifact is read once and at the same
 * time as the others, in constant memory.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const { findings } = verifyRun({
 *   entries: () => [{ name: "notes.txt", kind: "file" }],
 *   chunks: () => [],
 * });
 * assertEquals(findings.map(({ code }) => code), [
 *   "file_missing",
 *   "run_unfinished",
 *   "file_unexpected",
 * ]);
 * ```
 *
 * @throws whatever `source` throws
 */
export function verifyRun(
  source: ArtifactSource,
  { redecide = true, ...kept }: VerifyOptions = {},
): Verification {
  const findings = findingList();
  const entries = source.entries();
  const { files: present, unfinished, hasSandbox } = checkEntries(
    entries,
    findings,
  );
  const chunks = (name: string) => present.has(name) ? source.chunks(name) : [];
  const stored = {
    "trace.json": expectedText(chunks("trace.json")),
    "run_report.md": expectedText(chunks("run_report.md")),
  };
  const beside = [
    ...present.has(APPROVALS)
      ? [approvalsCheck(chunks(APPROVALS), findings)]
      : [],
    ...hasSandbox && source.sandbox !== undefined
      ? [sandboxCheck(source.sandbox, findings)]
      : [],
  ];
  const ledger = readWhole(chunks("state.jsonl"), {
    stored,
    kept,
    redecide,
    beside,
    findings: present.has("state.jsonl") ? findings : findingList(),
    mayEnd: !present.has("manifest.json"),
  });
  if (unfinished) {
    const message = whyUnfinished(ledger);
    findings.add("run_unfinished", { artifact: "manifest.json", message });
  }
  const manifest = readManifest(chunks("manifest.json"));
  for (const name of PROJECTIONS) {
    if (present.has(name)) checkProjection(name, stored[name], findings);
  }
  const isRead = readToTheEnd({ entries, manifest: manifest.text });
  const digests = digestsOf({
    "state.jsonl": ledger.digest,
    "trace.json": isRead("trace.json") && stored["trace.json"].stored(),
    "run_report.md": isRead("run_report.md") &&
      stored["run_report.md"].stored(),
    "manifest.json": manifest.digest,
  }, present);
  if (present.has("manifest.json")) {
    if (ledger.manifest === undefined) {
      const unsettled = PROJECTIONS.filter((name) =>
        stored[name].difference === undefined
      );
      checkDigests(
        unsettled.filter((name) => present.has(name)),
        { manifest: manifest.text, digests, findings },
      );
    } else checkManifest(ledger.manifest, manifest.text, findings);
  }
  if (present.has("incidents.jsonl")) {
    checkIncidents(source.chunks("incidents.jsonl"), findings);
  }
  return {
    findings: findings.list(),
    unlisted: findings.unlisted,
    events: ledger.events,
    head: ledger.head,
    digests,
    regenerated: ledger.manifest !== undefined,
    redecided: redecide,
    waitsFor: unfinished ? ledger.waitsFor ?? null : null,
  };
}

function whyUnfinished(
  { waitsFor, isOut }: Pick<WholeLedger, "waitsFor" | "isOut">,
): string {
  return isOut
    ? "there is no manifest: the run stopped where its model could not be asked"
    : waitsFor === undefined
    ? "there is no manifest: the run did not finish, or somebody removed it"
    : `there is no manifest: the run waits for approval of a call of ${
      quoted(waitsFor)
    }`;
}

/** What one pass over a ledger gives. */
interface WholeLedger {
  readonly events: number;
  readonly head: string | null;
  /** `undefined` when it was not read to its end. */
  readonly digest: ArtifactDigest | undefined;
  /** What the manifest must be, volatile values aside; `undefined` when the ledger is broken. */
  readonly manifest: string | undefined;
  /** Tool of the call that its last line leaves to a person. */
  readonly waitsFor: string | undefined;
  /** Whether it ends where the model could not be asked. */
  readonly isOut: boolean;
}

/** Reads a ledger once: checks it, and compares what is made of it as far as it can be. */
function readWhole(
  chunks: Iterable<Uint8Array>,
  { stored, kept, redecide, beside, findings, mayEnd }: {
    readonly stored: Readonly<Record<typeof PROJECTIONS[number], ExpectedText>>;
    readonly kept: KeptElsewhere;
    readonly redecide: boolean;
    /** What is compared with the ledger besides. */
    readonly beside: readonly BesideCheck[];
    readonly findings: FindingList;
    readonly mayEnd: boolean;
  },
): WholeLedger {
  const report: ReportLine = (code, { line, span, message }) =>
    findings.add(code, { artifact: "state.jsonl", line, span, message });
  const story = runStory(report, { mayEnd, redecide });
  const heads = headCheck(kept.head);
  const projection = runProjection(stored);
  const bytes = digested(chunks);
  let events = 0;
  let head = "";
  let broken = false;
  for (const read of checkedLines(bytes.chunks, report)) {
    const { event, gap } = read;
    events = read.line;
    head = read.hash ?? "";
    heads.push(read);
    story.push(read);
    for (const check of beside) check.push(read);
    broken ||= gap || event === undefined || !projection.accepts(event);
    if (!broken && event !== undefined) projection.push(event);
  }
  story.end(events);
  for (const check of beside) check.end();
  heads.end(report);
  if (story.started !== undefined) {
    checkInputs(
      story.started,
      kept,
      (code, message) =>
        findings.add(code, { artifact: "state.jsonl", message }),
    );
  }
  const digest = bytes.end();
  const ended = broken || digest === undefined
    ? undefined
    : projection.end(() => ({ ...digest, head }), UNKNOWN_MAKER);
  if (ended === undefined) {
    for (const name of PROJECTIONS) stored[name].abandon();
  }
  const { waitsFor, isOut } = story;
  return {
    events,
    head: head || null,
    digest,
    manifest: ended?.manifest,
    waitsFor,
    isOut,
  };
}

/** Hands chunks on and takes their digest on the way; there is none of what was not asked for to its end. */
function digested(chunks: Iterable<Uint8Array>) {
  const hash = startDigest();
  let bytes = 0;
  let isWhole = false;
  function* handOn(): Generator<Uint8Array, void> {
    for (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
    isWhole = true;
  }
  return {
    chunks: handOn(),
    end: (): ArtifactDigest | undefined =>
      isWhole ? { sha256: hash.hex(), bytes } : undefined,
  };
}

function checkProjection(
  artifact: typeof PROJECTIONS[number],
  { difference }: ExpectedText,
  findings: FindingList,
): void {
  if (difference === undefined) return;
  findings.add("differs", {
    artifact,
    line: difference.line,
    span: /"spanId":"([0-9a-f]{16})"/.exec(difference.expected ?? "")?.[1],
    message: differenceMessage(difference),
  });
}

/** A larger file than this is not read for its digest when its size is wrong already. */
const MAX_UNSTATED_BYTES = 2 ** 26;

/** Tells whether a file is worth reading to its end, by the size that the manifest states. */
function readToTheEnd(
  { entries, manifest }: {
    readonly entries: readonly ArtifactEntry[];
    readonly manifest: string;
  },
): (name: ArtifactName) => boolean {
  const sizes = new Map(entries.map(({ name, bytes }) => [name, bytes]));
  const stated = statedDigests(manifest);
  return (name) => {
    const size = sizes.get(name) ?? 0;
    return size <= MAX_UNSTATED_BYTES || size === stated?.get(name)?.bytes;
  };
}

/** A manifest has a fixed number of short values; what is longer is none. */
const MAX_MANIFEST_BYTES = MAX_FILE_BYTES["manifest.json"];

function readManifest(chunks: Iterable<Uint8Array>) {
  const bytes = digested(chunks);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let text = "";
  for (const chunk of bytes.chunks) {
    const room = text.length < MAX_MANIFEST_BYTES;
    if (room) text += decoder.decode(chunk, { stream: true });
  }
  text += decoder.decode();
  // What is no UTF-8 reads as what no UTF-8 text has, so it is never as expected.
  return { text: text.replaceAll("\ufffd", "\udfff"), digest: bytes.end() };
}

function checkManifest(
  expected: string,
  found: string,
  findings: FindingList,
): void {
  for (const { code, ...fault } of manifestFaults(expected, found)) {
    findings.add(code, { artifact: "manifest.json", ...fault });
  }
}

/** Where the ledger cannot tell what the others should be, the manifest still can. */
function checkDigests(
  artifacts: readonly ArtifactName[],
  { manifest, digests, findings }: {
    readonly manifest: string;
    readonly digests: Verification["digests"];
    readonly findings: FindingList;
  },
): void {
  const stated = statedDigests(manifest);
  if (stated === undefined) {
    findings.add("not_a_manifest", {
      artifact: "manifest.json",
      message: "the hashes of the artifacts cannot be read from it",
    });
    return;
  }
  for (const artifact of artifacts) {
    const [found, want] = [digests[artifact], stated.get(artifact)];
    if (found !== undefined && found.sha256 === want?.sha256) continue;
    const message = found === undefined
      ? "the file does not have the size that the manifest states"
      : `the file has the SHA-256 ${found.sha256}; the manifest states ${
        want?.sha256 ?? "none"
      }`;
    findings.add("wrong_digest", { artifact, message });
  }
}

function checkIncidents(
  chunks: Iterable<Uint8Array>,
  findings: FindingList,
): void {
  for (const line of unreadableIncidents(chunks)) {
    findings.add("not_an_incident", {
      artifact: "incidents.jsonl",
      line,
      message: "the line is not a JSON object",
    });
  }
}

function digestsOf(
  digests: Readonly<Record<ArtifactName, ArtifactDigest | false | undefined>>,
  present: ReadonlySet<string>,
): Verification["digests"] {
  return Object.fromEntries(
    Object.entries(digests).flatMap(([name, digest]) =>
      digest && present.has(name) ? [[name, digest]] : []
    ),
  );
}
