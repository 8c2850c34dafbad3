import { effectOf } from "../../../runtime/record/effect_of.ts";
import type { RuleId } from "../../../policy/rule.ts";
import type {
  RecordedError,
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
import { type OpenCalls, openCalls } from "../../open_calls.ts";
import type { EventCheck, EventFault } from "../event_check.ts";
import { clientOutcome } from "./client_outcome.ts";

/**
 * How a step ends if nothing more happens in it, as far as the model or one call
 * says. `open`: it breaks off, so the run was cancelled. `onward`: the next call or step follows. `denied`: the
 * policy says whether one follows. `failed`: the failure says how.
 */
type StepEnd =
  | "open"
  | "onward"
  | "denied"
  | "failed"
  | "final_answer"
  | "loop_budget"
  | "cancelled";

/** The state of a step. */
interface Step {
  readonly attempts: AttemptOutcome[];
  readonly denials: RuleId[];
  reported: number;
  unhandled: number;
  /** Whether the last try of the model was the last that the policy allows. */
  isOut: boolean;
  readonly calls: OpenCalls;
  /** What the model says, without a number, and each call; version 1 has no numbers. */
  readonly ends: Map<number | undefined, StepEnd>;
  /** The last event of the step. */
  finished: StepFinished | undefined;
}

/**
 * Checks that the end of each step, and of the run, follows from the other
 * events.
 */
export function outcome(): EventCheck {
  let check: EventCheck | undefined;
  return {
    push(event) {
      const isClient = event.type === "run_started" &&
        event.llm.execution_path === "client";
      check ??= isClient ? clientOutcome() : loopOutcome();
      return check.push(event);
    },
    lose: () => check?.lose(),
  };
}

function loopOutcome(): EventCheck {
  let step = newStep();
  let answer: string | null = null;
  let lost = false;
  return {
    push(event) {
      if (lost) return [];
      if (event.type === "run_finished") return runFaults(step, event, answer);
      const faults = event.type === "step_started"
        ? nextStepFaults(step, event)
        : [];
      if (event.type === "step_started") step = newStep();
      if (event.type === "llm_completed") answer = event.answer;
      follow(step, event);
      return faults;
    },
    lose() {
      lost = true;
    },
  };
}

function newStep(): Step {
  return {
    attempts: [],
    denials: [],
    reported: 0,
    unhandled: 0,
    isOut: false,
    calls: openCalls(),
    ends: new Map([[undefined, "open"]]),
    finished: undefined,
  };
}

/** Takes the next event of a step. */
function follow(step: Step, event: RunEvent): void {
  step.calls.push(event);
  const end = (how: StepEnd) => step.ends.set(event.call, how);
  switch (event.type) {
    case "llm_completed":
      if (step.isOut) step.attempts.push("exhausted");
      if (event.answer !== null) end("final_answer");
      if (event.error !== null) end(failed(step, event.error));
      return;
    case "call_proposed":
      goOn(step);
      step.ends.set(event.seq, "open");
      return;
    case "policy_checked":
      goOn(step);
      if (effectOf(event) === "deny" && event.rule_id !== null) {
        step.denials.push(event.rule_id);
      }
      end(
        event.call_id === null
          ? "loop_budget"
          : effectOf(event) === "deny"
          ? "denied"
          : "open",
      );
      return;
    case "attempt_finished":
      if (event.call_id === null) step.isOut = event.outcome === "exhausted";
      else step.attempts.push(event.outcome);
      return;
    case "tool_finished":
      if (event.redirect !== null) end("open");
      else if (event.error === null) end("onward");
      else if (event.error.kind === "reported") {
        step.reported += 1;
        end("onward");
      } else end(failed(step, event.error));
      return;
    case "step_finished":
      step.finished = event;
  }
}

/** A call that is taken up or judged shows that no denial before it ended the run, and that the model's answer did not. */
function goOn({ ends }: Step): void {
  ends.delete(undefined);
  for (const [call, end] of ends) {
    if (end === "denied") ends.set(call, "onward");
  }
}

function failed(step: Step, { kind }: RecordedError): StepEnd {
  if (kind !== "cancelled" && kind !== "transient") step.unhandled += 1;
  return kind === "cancelled" ? "cancelled" : "failed";
}

/** What is wrong where another step follows. */
function nextStepFaults(
  step: Step,
  { seq }: StepStarted,
): readonly EventFault[] {
  if (step.finished === undefined) return [];
  const faults = modeFaults(step, step.finished, false);
  if (goesOn(step)) return faults;
  const message = `the run continues after a step that ended it: ${
    reasonsOf(step).join(" or ")
  }`;
  return [...faults, wrongOutcome(seq, message)];
}

/** What is wrong where the run ends. */
function runFaults(
  step: Step,
  { seq, terminal_reason, answer, reason }: RunFinished,
  given: string | null,
): readonly EventFault[] {
  if (step.finished === undefined) return [];
  if (reason !== undefined) {
    const message = "only a client says why it closed its session";
    return [wrongOutcome(seq, message)];
  }
  const isCancelled = terminal_reason === "cancelled";
  const faults = modeFaults(step, step.finished, isCancelled);
  const reasons = reasonsOf(step);
  if (!reasons.includes(terminal_reason)) {
    const message =
      `terminal_reason is ${terminal_reason}; by what happened it is ${
        reasons.join(" or ") || "none, the run is not over"
      }`;
    return [...faults, wrongOutcome(seq, message)];
  }
  if (answer === given) return faults;
  const message = "the answer is not the one that the model gave";
  return [...faults, wrongOutcome(seq, message)];
}

function modeFaults(
  step: Step,
  { seq, failure_mode }: StepFinished,
  cancelled: boolean,
): readonly EventFault[] {
  const due = cancelled ? null : failureMode(step)?.id ?? null;
  if (failure_mode === due) return [];
  const message =
    `failure_mode is ${failure_mode}; by what happened in the step it is ${due}`;
  return [wrongOutcome(seq, message)];
}

/** The fault may be found at a later event, so it names its own line. */
function wrongOutcome(seq: number, message: string): EventFault {
  return { code: "wrong_outcome", line: seq + 1, message };
}

const GOES_ON: readonly StepEnd[] = ["onward", "denied"];

/** Whether another step may follow this one. */
function goesOn(step: Step): boolean {
  return !leavesCalls(step) &&
    [...step.ends.values()].every((end) => GOES_ON.includes(end));
}

/** Whether calls of the step were proposed and not judged. */
function leavesCalls({ calls: { turn } }: Step): boolean {
  return turn.judged < turn.calls.length;
}

/** How the run may end after a step. */
function reasonsOf(step: Step): readonly TerminalReason[] {
  const reasons = [...step.ends.values()].flatMap((end) =>
    reasonsFor(end, step)
  );
  return [...new Set(reasons)];
}

function reasonsFor(end: StepEnd, step: Step): readonly TerminalReason[] {
  const failed = failureMode(step)?.ends ?? "policy_denial_terminal";
  const cancelledBetween: readonly TerminalReason[] = leavesCalls(step)
    ? ["cancelled"]
    : [];
  switch (end) {
    case "final_answer":
    case "loop_budget":
    case "cancelled":
      return [end];
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
