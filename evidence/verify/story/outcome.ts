import type { RuleId } from "../../../policy/rule.ts";
import type {
  RunEvent,
  RunFinished,
  StepFinished,
  StepStarted,
} from "../../../runtime/record/event.ts";
import type {
  AttemptOutcome,
  TerminalReason,
} from "../../../runtime/record/vocabulary.ts";
import { failureMode } from "../../../runtime/record/failure.ts";

/** An event that says of the run what does not follow from the others. */
export interface OutcomeFault {
  /** The event that says so. */
  readonly event: RunEvent;
  readonly message: string;
}

/** Follows how the steps of a run end, and with the last one the run. */
export interface Outcome {
  push(event: RunEvent): readonly OutcomeFault[];
}

/**
 * How a step ends if nothing more happens in it. `open`: it breaks off, so the
 * run was cancelled. `onward`: the next call or step follows. `denied`: the
 * policy says whether it does. `failed`: the failure says how.
 */
type StepEnd =
  | "open"
  | "onward"
  | "denied"
  | "failed"
  | "final_answer"
  | "loop_budget"
  | "cancelled";

/** What a step has come to. */
interface Tally {
  readonly attempts: AttemptOutcome[];
  readonly denials: RuleId[];
  reported: number;
  unhandled: number;
  /** Whether the last try of the model was the last that the policy allows. */
  isOut: boolean;
  /** Calls that the model proposed and nobody has judged. */
  unjudged: number;
  end: StepEnd;
}

/** Starts at the beginning of a run. */
export function outcome(): Outcome {
  let tally = emptyTally();
  let answer: string | null = null;
  /** Whether the next judgement is of a call that was judged before. */
  let again = false;
  let ended: StepFinished | undefined;

  function stepStarted(event: StepStarted): readonly OutcomeFault[] {
    const [step, closing] = [tally, ended];
    tally = emptyTally();
    again = false;
    ended = undefined;
    if (closing === undefined) return [];
    const faults = modeFaults(closing, step, false);
    if (goesOn(step)) return faults;
    const message = `the run goes on behind a step that ended it: ${
      reasonsOf(step).join(" or ")
    }`;
    return [...faults, { event, message }];
  }

  function runFinished(event: RunFinished): readonly OutcomeFault[] {
    if (ended === undefined) return [];
    const { terminal_reason } = event;
    const faults = modeFaults(ended, tally, terminal_reason === "cancelled");
    const reasons = reasonsOf(tally);
    if (!reasons.includes(terminal_reason)) {
      const message =
        `terminal_reason is ${terminal_reason}; by what happened it is ${
          reasons.join(" or ") || "none, the run is not over"
        }`;
      return [...faults, { event, message }];
    }
    if (event.answer === answer) return faults;
    const message = "the answer is not the one that the model gave";
    return [...faults, { event, message }];
  }

  function follow(event: RunEvent): void {
    switch (event.type) {
      case "llm_completed":
        answer = event.answer;
        if (tally.isOut) tally.attempts.push("exhausted");
        tally.unjudged = event.calls.length;
        if (event.answer !== null) tally.end = "final_answer";
        if (event.error === null) return;
        if (event.error.kind === "cancelled") tally.end = "cancelled";
        else {
          if (event.error.kind !== "transient") tally.unhandled += 1;
          tally.end = "failed";
        }
        return;
      case "policy_checked":
        if (event.decision === "deny" && event.rule_id !== null) {
          tally.denials.push(event.rule_id);
        }
        if (event.call_id === null) {
          tally.end = "loop_budget";
          return;
        }
        if (!again) tally.unjudged -= 1;
        again = false;
        tally.end = event.decision === "deny" ? "denied" : "open";
        return;
      case "approval_resolved":
        again = true;
        return;
      case "attempt_finished":
        if (event.call_id === null) tally.isOut = event.outcome === "exhausted";
        else tally.attempts.push(event.outcome);
        return;
      case "tool_finished": {
        const { error } = event;
        again = event.redirect !== null;
        if (again) tally.end = "open";
        else if (error === null) tally.end = "onward";
        else if (error.kind === "reported") {
          tally.reported += 1;
          tally.end = "onward";
        } else if (error.kind === "cancelled") tally.end = "cancelled";
        else {
          if (error.kind !== "transient") tally.unhandled += 1;
          tally.end = "failed";
        }
        return;
      }
      case "step_finished":
        ended = event;
    }
  }

  return {
    push(event) {
      if (event.type === "step_started") return stepStarted(event);
      if (event.type === "run_finished") return runFinished(event);
      follow(event);
      return [];
    },
  };
}

function emptyTally(): Tally {
  return {
    attempts: [],
    denials: [],
    reported: 0,
    unhandled: 0,
    isOut: false,
    unjudged: 0,
    end: "open",
  };
}

function modeFaults(
  event: StepFinished,
  tally: Tally,
  cancelled: boolean,
): readonly OutcomeFault[] {
  const { failure_mode } = event;
  const due = cancelled ? null : failureMode(tally)?.id ?? null;
  if (failure_mode === due) return [];
  const message =
    `failure_mode is ${failure_mode}; by what happened in the step it is ${due}`;
  return [{ event, message }];
}

const GOES_ON: readonly StepEnd[] = ["onward", "denied"];

/** Whether another step may follow this one. */
function goesOn({ end, unjudged }: Tally): boolean {
  return unjudged <= 0 && GOES_ON.includes(end);
}

/** How the run may end behind a step. */
function reasonsOf(tally: Tally): readonly TerminalReason[] {
  const failed = failureMode(tally)?.ends ?? "policy_denial_terminal";
  const cancelledBetween: readonly TerminalReason[] = tally.unjudged > 0
    ? ["cancelled"]
    : [];
  switch (tally.end) {
    case "final_answer":
    case "loop_budget":
    case "cancelled":
      return [tally.end];
    case "open":
      return ["cancelled"];
    case "onward":
      return cancelledBetween;
    case "failed":
      return [failed];
    case "denied":
      return [failed, ...cancelledBetween];
  }
}
