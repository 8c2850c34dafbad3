import {
  type ApprovalRequest,
  PendingApprovalError,
} from "../../runtime/approval/approval.ts";
import type { RunRecord } from "../../evidence/run_store.ts";
import { WriteError } from "../../evidence/store/write_error.ts";
import type { RecordedError, RunFinished } from "../../runtime/record/event.ts";
import { ModelOutageError } from "../../runtime/llm/model_outage.ts";
import type { SpansExported } from "../../trace/otlp/span_export.ts";
import { EXIT, type Output } from "../command/command.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import { describeEnd, endOf } from "./describe_end.ts";

/** The result of a governed run. */
export interface RunEnd {
  /** Where its artifacts are. */
  readonly record: RunRecord;
  readonly finished: RunFinished;
  /** Steps of the script, or answers of the cassette, that were not reached. */
  readonly unused: number;
  /** Why it did not end with an answer. */
  readonly trouble: string | undefined;
  /** Whether the reason was that a server could not be reached. */
  readonly isUnreachable: boolean;
  /** How many spans arrived; left out when none were sent. */
  readonly spans: SpansExported | undefined;
  readonly json: boolean;
}

/** A run that stopped because a person must decide. */
export interface Waiting {
  readonly waitsFor: ApprovalRequest;
}

/** A run that stopped because its model is unavailable for now. */
export interface ModelOut {
  readonly outage: RecordedError;
}

/** A run that stopped because its record cannot be written any further. */
export interface BrokenOff {
  readonly unwritten: WriteError;
}

/** Returns the way in which a run stopped that another process can continue. */
export async function orStopped<T extends object>(
  run: Promise<T>,
): Promise<T | Waiting | ModelOut | BrokenOff> {
  try {
    return await run;
  } catch (error) {
    if (error instanceof PendingApprovalError) {
      return { waitsFor: error.request };
    }
    if (error instanceof ModelOutageError) return { outage: error.error };
    if (error instanceof WriteError) return { unwritten: error };
    throw error;
  }
}

/** Reports what a run waits for; returns the exit code. */
export function reportWaiting(
  output: Output,
  { record, waitsFor, resume, spans, json }:
    & Waiting
    & Pick<RunEnd, "record" | "spans" | "json">
    & {
      /** The command line that resumes the run once there is an answer. */
      readonly resume: string;
    },
): number {
  const place = terminalLine(record.name);
  output.note(
    `answer with: approvals approve|reject ${place} --by NAME; then: ${resume}`,
  );
  if (json) output.json({ run: record.name, waits_for: waitsFor, spans });
  else output.data(`${place}: waits for approval`);
  return EXIT.waiting;
}

/** Reports that the model is unavailable and that the run can be resumed; returns the exit code. */
export function reportOutage(
  output: Output,
  { record, outage, spans, json }:
    & ModelOut
    & Pick<RunEnd, "record" | "spans" | "json">,
): number {
  const place = terminalLine(record.name);
  output.note(
    terminalLine(
      `${outage.type}: ${outage.message}; continue later with: resume ${place}`,
    ),
  );
  if (json) output.json({ run: record.name, model_outage: outage, spans });
  else output.data(`${place}: stopped: the model cannot be asked now`);
  return EXIT.unreachable;
}

/** Reports why a record ends early, and whether the run can be resumed; returns the exit code. */
export async function reportBrokenOff(
  output: Output,
  { record, unwritten }: BrokenOff & Pick<RunEnd, "record">,
): Promise<number> {
  const rest = await isOnRecord(record)
    ? "the run is on record up to here and can be resumed"
    : "nothing is on record, so the run must be started again";
  output.error(terminalLine(`${unwritten.message}; ${rest}`));
  return EXIT.error;
}

const NEWLINE = 10;

/** Whether the ledger has a complete line, so that the run has begun. */
async function isOnRecord(record: RunRecord): Promise<boolean> {
  try {
    const source = await record.source();
    return Iterator.from(source.chunks("state.jsonl"))
      .some((chunk) => chunk.includes(NEWLINE));
  } catch {
    return false;
  }
}

/**
 * Reports a cassette that was not written completely; returns the exit code, or
 * `undefined` if it was complete.
 */
export function reportCassette(
  output: Output,
  cassette: { trouble(): string | undefined } | undefined,
): number | undefined {
  const trouble = cassette?.trouble();
  if (trouble === undefined) return undefined;
  output.error(terminalLine(trouble));
  return EXIT.error;
}

/** Reports how a run ended; returns the exit code. */
export function reportEnd(
  output: Output,
  { record, finished, unused, trouble, isUnreachable, spans, json }: RunEnd,
): number {
  const answered = finished.terminal_reason === "final_answer";
  const why = answered ? undefined : trouble ?? "cancelled";
  if (why !== undefined) {
    output.error(terminalLine(`${why}; see ${record.place("run_report.md")}`));
  }
  // A run that did not end with an answer always leaves some.
  if (answered && unused > 0) {
    output.note(`answers of the model that were not used: ${unused}`);
  }
  const { answer } = finished;
  if (json) output.json(endOf(record.name, finished, { trouble: why, spans }));
  else {
    output.data(terminalLine(`${record.name}: ${describeEnd(finished)}`));
    if (answer !== null) output.verbatim(`\n${answer}`);
  }
  if (answered) return EXIT.ok;
  return isUnreachable ? EXIT.unreachable : EXIT.no;
}
