import type { ArtifactDigest } from "../recording/manifest.ts";
import { runProjection } from "../recording/run_projection.ts";
import type { RunEvent } from "../../runtime/record/event.ts";
import { mayHaveKey } from "../policy_key.ts";
import { withoutRedaction } from "../report/report_redaction.ts";
import type { BesideCheck } from "./beside_check.ts";
import { digested } from "./digested.ts";
import type { StoryCheck } from "./event_check.ts";
import type { ExpectedText } from "./expected_text.ts";
import type { FindingList } from "./finding_list.ts";
import {
  checkInputs,
  headCheck,
  type KeptElsewhere,
} from "./kept_elsewhere.ts";
import { checkedLines, type ReportLine } from "./ledger_reader.ts";
import type { PolicyReader } from "./policy_reader.ts";
import { runStory } from "./run_story.ts";
import { UNKNOWN_MAKER } from "./stored_manifest.ts";

/** Artifacts that are made again from the events only. */
export const PROJECTIONS = ["trace.json", "run_report.md"] as const;

/** The stored texts that are compared with what is made again. */
export type StoredProjections = Readonly<
  Record<typeof PROJECTIONS[number], ExpectedText>
>;

/** The result of one pass over a ledger. */
export interface WholeLedger {
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

/** Reads a ledger once: checks it, and compares the files made from it as far as possible. */
export function readWhole(
  chunks: Iterable<Uint8Array>,
  { stored, kept, policies, decisions, beside, findings, mayEnd }: {
    readonly stored: StoredProjections;
    readonly kept: KeptElsewhere;
    readonly policies: PolicyReader | undefined;
    readonly decisions: StoryCheck | undefined;
    /** What is compared with the ledger besides. */
    readonly beside: readonly BesideCheck[];
    readonly findings: FindingList;
    readonly mayEnd: boolean;
  },
): WholeLedger {
  const report: ReportLine = (code, { line, span, message }) =>
    findings.add(code, { artifact: "state.jsonl", line, span, message });
  const story = runStory(report, { mayEnd, policies, decisions });
  const heads = headCheck(kept.head);
  const projection = runProjection(
    stored,
    policies?.redaction ?? withoutRedaction,
  );
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
    if (event !== undefined && policies === undefined && mayRedact(event)) {
      report("policy_unread", { line: read.line, message: UNREAD });
      broken = true;
    }
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

function mayRedact(event: RunEvent): boolean {
  return event.type === "run_started" &&
    mayHaveKey(event.policy.text, "redact");
}

const UNREAD =
  "the policy may leave things out of the report, and was not read: trace, report and manifest were not made again";
