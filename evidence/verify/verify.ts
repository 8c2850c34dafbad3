import { quoted } from "../../tools/data/untrusted_text.ts";
import { APPROVALS } from "../approval/approval_file.ts";
import type { ArtifactSource } from "../artifact_source.ts";
import type { ArtifactName } from "../artifacts.ts";
import { MAX_FILE_BYTES } from "../file_limits.ts";
import type { ArtifactDigest } from "../recording/manifest.ts";
import { approvalsCheck } from "./approvals_check.ts";
import { checkDigests, digestsOf, readToTheEnd } from "./artifact_digests.ts";
import { differenceMessage } from "./difference_message.ts";
import { digested } from "./digested.ts";
import type { StoryCheck } from "./event_check.ts";
import { type ExpectedText, expectedText } from "./expected_text.ts";
import type { Finding } from "./finding.ts";
import { type FindingList, findingList } from "./finding_list.ts";
import { unreadableIncidents } from "./incidents.ts";
import type { KeptElsewhere } from "./kept_elsewhere.ts";
import type { PolicyReader } from "./policy_reader.ts";
import { checkEntries } from "./run_entries.ts";
import { sandboxCheck } from "./sandbox_check.ts";
import { manifestFaults } from "./stored_manifest.ts";
import { PROJECTIONS, readWhole, type WholeLedger } from "./whole_ledger.ts";

/** The result of verifying one run. */
export interface Verification {
  /** What is wrong, the ledger first; empty when nothing is. */
  readonly findings: readonly Finding[];
  /** How many more there are of codes that are listed ten times. */
  readonly unlisted: number;
  /** Lines of the ledger. */
  readonly events: number;
  /** Hash that the last line states; `null` when it states none. */
  readonly head: string | null;
  /** SHA-256 and size of each artifact that was read to its end. */
  readonly digests: Readonly<Partial<Record<ArtifactName, ArtifactDigest>>>;
  /**
   * Whether trace, report and manifest were made again and compared. They are
   * not when the ledger is broken; trace and report are then checked against the
   * hashes in the manifest.
   */
  readonly regenerated: boolean;
  /** Whether every decision was made again, as far as the ledger is sound. */
  readonly redecided: boolean;
  /** The tool of the call whose approval an unfinished run waits for; `null` for any other run. */
  readonly waitsFor: string | null;
}

/** What a record is checked with beside its own bytes. */
export interface RecordChecks extends KeptElsewhere {
  /**
   * Reads the policy on record. Default: a record whose policy has to be read gets
   * the finding `policy_unread`.
   */
  readonly policies?: PolicyReader | undefined;
  /** The check that makes every decision again. Default: none does. */
  readonly decisions?: StoryCheck | undefined;
}

/**
 * Verifies what a run left behind, from its bytes alone: nothing is run, and
 * nothing but `source` is asked. Every artifact is read once and at the same
 * time as the others, in constant memory. What needs the policy's rules or a
 * parser of policies comes in as an argument.
 *
 * @throws any error of `source`
 */
export function verifyRecord(
  source: ArtifactSource,
  { policies, decisions, ...kept }: RecordChecks,
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
  const sandbox = hasSandbox ? source.sandbox : undefined;
  const beside = [
    ...present.has(APPROVALS)
      ? [approvalsCheck(chunks(APPROVALS), { findings, policies })]
      : [],
    ...sandbox === undefined ? [] : [sandboxCheck(sandbox, findings)],
  ];
  const ledger = readWhole(chunks("state.jsonl"), {
    stored,
    kept,
    policies,
    decisions,
    beside,
    findings: present.has("state.jsonl") ? findings : findingList(),
    mayEnd: !present.has("manifest.json"),
  });
  if (unfinished) {
    const message = whyUnfinished(ledger);
    findings.add("run_unfinished", { artifact: "manifest.json", message });
  }
  const manifest = readManifest(chunks("manifest.json"));
  const projections = PROJECTIONS.filter((name) => present.has(name));
  for (const name of projections) {
    checkProjection(name, stored[name], findings);
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
    const known = { manifest: manifest.text, digests, findings };
    if (ledger.manifest !== undefined) {
      checkManifest(ledger.manifest, manifest.text, findings);
    } else {
      const isUnsettled = (name: typeof PROJECTIONS[number]) =>
        stored[name].difference === undefined;
      checkDigests(projections.filter(isUnsettled), known);
    }
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
    redecided: decisions !== undefined,
    waitsFor: unfinished ? ledger.waitsFor ?? null : null,
  };
}

function whyUnfinished(
  { waitsFor, isOut }: Pick<WholeLedger, "waitsFor" | "isOut">,
): string {
  return isOut
    ? "the manifest is missing: the run stopped where its model could not be asked"
    : waitsFor === undefined
    ? "the manifest is missing: the run did not finish, or the file was removed"
    : `the manifest is missing: the run waits for approval of a call of ${
      quoted(waitsFor)
    }`;
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

/** A manifest has a fixed number of short values; a longer file is not one. */
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
  // Invalid UTF-8 is read as characters that UTF-8 cannot have, so it never
  // matches.
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
