import { createHash } from "node:crypto";
import type { ArtifactSource } from "./artifact_source.ts";
import type { ArtifactName } from "./artifacts.ts";
import { differenceMessage } from "./difference_message.ts";
import { type ExpectedText, expectedText } from "./expected_text.ts";
import type { Finding } from "./finding.ts";
import { type FindingList, findingList } from "./finding_list.ts";
import { unreadableIncidents } from "./incidents.ts";
import {
  checkInputs,
  headCheck,
  type KeptElsewhere,
} from "./kept_elsewhere.ts";
import { checkedLines, type ReportLine } from "./ledger_reader.ts";
import type { ArtifactDigest } from "./manifest.ts";
import { quoted } from "../tools/data/untrusted_text.ts";
import { checkEntries } from "./run_entries.ts";
import { type LedgerDigest, runProjection } from "./run_projection.ts";
import { runStory } from "./run_story.ts";
import {
  manifestFaults,
  statedDigests,
  UNKNOWN_VOLATILE,
} from "./stored_manifest.ts";

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
  /** SHA-256 and size of each artifact that is there, as it was read. */
  readonly digests: Readonly<Partial<Record<ArtifactName, ArtifactDigest>>>;
  /**
   * Whether trace, report and manifest were made again and compared. They are
   * not when the ledger is broken; trace and report are then held against the
   * hashes that the manifest states.
   */
  readonly regenerated: boolean;
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
  kept: KeptElsewhere = {},
): Verification {
  const findings = findingList();
  const { files: present, unfinished } = checkEntries(
    source.entries(),
    findings,
  );
  const chunks = (name: string) => present.has(name) ? source.chunks(name) : [];
  const stored = {
    "trace.json": expectedText(chunks("trace.json")),
    "run_report.md": expectedText(chunks("run_report.md")),
  };
  const ledger = readWhole(chunks("state.jsonl"), {
    stored,
    kept,
    findings: present.has("state.jsonl") ? findings : findingList(),
    mayEnd: !present.has("manifest.json"),
  });
  if (unfinished) {
    const message = whyUnfinished(ledger.waitsFor);
    findings.add("run_unfinished", { artifact: "manifest.json", message });
  }
  const manifest = readManifest(chunks("manifest.json"));
  for (const name of PROJECTIONS) {
    if (present.has(name)) checkProjection(name, stored[name], findings);
  }
  const digests = digestsOf({
    "state.jsonl": ledger.digest,
    "trace.json": stored["trace.json"].stored(),
    "run_report.md": stored["run_report.md"].stored(),
    "manifest.json": manifest.digest,
  }, present);
  if (present.has("manifest.json")) {
    if (ledger.manifest === undefined) {
      const unsettled = PROJECTIONS.filter((name) =>
        stored[name].difference === undefined
      );
      checkDigests(unsettled, { manifest: manifest.text, digests, findings });
    } else checkManifest(ledger.manifest, manifest.text, findings);
  }
  if (present.has("incidents.jsonl")) {
    checkIncidents(source.chunks("incidents.jsonl"), findings);
  }
  return {
    findings: findings.list(),
    unlisted: findings.unlisted,
    events: ledger.events,
    head: ledger.digest.head || null,
    digests,
    regenerated: ledger.manifest !== undefined,
  };
}

function whyUnfinished(waitsFor: string | undefined): string {
  return waitsFor === undefined
    ? "there is no manifest: the run did not finish, or somebody removed it"
    : `there is no manifest: the run waits for approval of a call of ${
      quoted(waitsFor)
    }`;
}

/** What one pass over a ledger gives. */
interface WholeLedger {
  readonly events: number;
  readonly digest: LedgerDigest;
  /** What the manifest must be, volatile values aside; `undefined` when the ledger is broken. */
  readonly manifest: string | undefined;
  /** Tool of the call that its last line leaves to a person. */
  readonly waitsFor: string | undefined;
}

/** Reads a ledger once: checks it, and compares what is made of it as far as it can be. */
function readWhole(
  chunks: Iterable<Uint8Array>,
  { stored, kept, findings, mayEnd }: {
    readonly stored: Readonly<Record<typeof PROJECTIONS[number], ExpectedText>>;
    readonly kept: KeptElsewhere;
    readonly findings: FindingList;
    readonly mayEnd: boolean;
  },
): WholeLedger {
  const report: ReportLine = (code, { line, span, message }) =>
    findings.add(code, { artifact: "state.jsonl", line, span, message });
  const story = runStory(report, { mayEnd });
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
    broken ||= gap || event === undefined || !projection.accepts(event);
    if (!broken && event !== undefined) projection.push(event);
  }
  story.end(events);
  heads.end(report);
  if (story.started !== undefined) {
    checkInputs(
      story.started,
      kept,
      (code, message) =>
        findings.add(code, { artifact: "state.jsonl", message }),
    );
  }
  const digest = { ...bytes.end(), head };
  const ended = broken
    ? undefined
    : projection.end(() => digest, () => UNKNOWN_VOLATILE);
  if (ended === undefined) {
    for (const name of PROJECTIONS) stored[name].abandon();
  }
  const { waitsFor } = story;
  return { events, digest, manifest: ended?.manifest, waitsFor };
}

/** Hands chunks on and takes their digest on the way. */
function digested(chunks: Iterable<Uint8Array>) {
  const hash = createHash("sha256");
  let bytes = 0;
  function* handOn(): Generator<Uint8Array, void> {
    for (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }
  return {
    chunks: handOn(),
    end: (): ArtifactDigest => ({ sha256: hash.digest("hex"), bytes }),
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

/** A manifest has a fixed number of short values; what is longer is none. */
const MAX_MANIFEST_BYTES = 2 ** 20;

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
    if (found === undefined || found.sha256 === want?.sha256) continue;
    const message =
      `the file has the SHA-256 ${found.sha256}; the manifest states ${
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
  digests: Readonly<Record<ArtifactName, ArtifactDigest>>,
  present: ReadonlySet<string>,
): Verification["digests"] {
  return Object.fromEntries(
    Object.entries(digests)
      .filter(([name]) => present.has(name))
      .map(([name, { sha256, bytes }]) => [name, { sha256, bytes }]),
  );
}
