import type {
  RunEvent,
  RunFinished,
  RunStarted,
} from "../../runtime/record/event.ts";
import { otlpJson } from "../../trace/otlp/otlp_json.ts";
import {
  type ArtifactDigest,
  manifestText,
  type Volatile,
} from "./manifest.ts";
import type { ReadRedaction } from "../report/report_redaction.ts";
import { runReport } from "../report/run_report.ts";

/** Takes the text of one artifact while it grows. */
export interface TextTarget {
  append(text: string): void;
  /** Declares that the text is complete; returns its digest. */
  end(): ArtifactDigest;
}

/** The artifacts that grow with the events beside the ledger. */
export interface ProjectionTargets {
  readonly "trace.json": TextTarget;
  readonly "run_report.md": TextTarget;
}

/** What is known of a ledger when its last line is written or read. */
export interface LedgerDigest extends ArtifactDigest {
  /** Hash of the last line. */
  readonly head: string;
}

/** The values of a manifest that a ledger cannot tell. */
export interface Maker {
  /** Version of the program that makes the record. */
  readonly programVersion: string;
  /** Read once, when the run is over. */
  readonly volatile: () => Volatile;
}

/** The artifacts that are made from a run's events beside its ledger. */
export interface RunProjection {
  /** Whether the event may come next: a run starts once, first, and finishes once, last. */
  accepts(event: RunEvent): boolean;
  /** Takes the next event. */
  push(event: RunEvent): void;
  /**
   * Ends trace and report and writes the manifest; `undefined` when the run has
   * not finished. The volatile values are read last.
   */
  end(
    ledger: () => LedgerDigest,
    maker: Maker,
  ): { readonly finished: RunFinished; readonly manifest: string } | undefined;
}

/**
 * Makes trace, report and manifest from the events of a run. Recording writes
 * the result and verifying compares it, so the two cannot disagree.
 */
export function runProjection(
  targets: ProjectionTargets,
  redactionOf: ReadRedaction,
): RunProjection {
  const [spans, story] = [otlpJson(), runReport(redactionOf)];
  const { "trace.json": trace, "run_report.md": report } = targets;
  let started: RunStarted | undefined;
  let finished: RunFinished | undefined;
  return {
    accepts: (event) =>
      (event.type === "run_started") === (started === undefined) &&
      finished === undefined,
    push(event) {
      trace.append(spans.push(event));
      report.append(story.push(event));
      if (event.type === "run_started") started = event;
      if (event.type === "run_finished") finished = event;
    },
    end(ledger, { programVersion, volatile }) {
      if (started === undefined || finished === undefined) return undefined;
      trace.append(spans.end());
      report.append(story.end());
      const { head, sha256, bytes } = ledger();
      const manifest = manifestText({
        started,
        finished,
        programVersion,
        head,
        artifacts: {
          "state.jsonl": { sha256, bytes },
          "trace.json": trace.end(),
          "run_report.md": report.end(),
        },
        volatile: volatile(),
      });
      return { finished, manifest };
    },
  };
}
