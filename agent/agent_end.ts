import type { ApprovalRequest } from "../runtime/approval/approval.ts";
import type { RecordedError, RunTotals } from "../runtime/record/event.ts";
import type { TerminalReason } from "../runtime/record/vocabulary.ts";

/** How a run of an agent came to its end, or to where it can be resumed. */
export type AgentEnd =
  & {
    /** The folder with its record. */
    readonly out: string;
  }
  & (
    | {
      readonly outcome: "ended";
      /** The final answer; `null` when it ended without one. */
      readonly answer: string | null;
      readonly reason: TerminalReason;
      /** What went wrong last, for people; `undefined` with an answer. */
      readonly trouble: string | undefined;
      readonly totals: RunTotals;
    }
    | {
      /** A person has still to answer; then the run can be resumed. */
      readonly outcome: "waiting";
      readonly answer: null;
      /** What is asked. */
      readonly request: ApprovalRequest;
    }
    | {
      /** The model could not be asked in any allowed try; the run can be resumed. */
      readonly outcome: "model_out";
      readonly answer: null;
      /** Why the last try failed. */
      readonly error: RecordedError;
    }
  );
