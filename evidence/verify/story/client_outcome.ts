import { effectOf } from "../../../runtime/record/effect_of.ts";
import type { RunEvent, RunFinished } from "../../../runtime/record/event.ts";
import type { TerminalReason } from "../../../runtime/record/vocabulary.ts";
import type { EventCheck, EventFault } from "../event_check.ts";

/**
 * Checks that the end of a run whose calls came from a client follows from the
 * other events. The client closes its session when it likes, so only an end that
 * a denial brings needs a denial; whether the policy ends a run there is checked
 * with the decisions.
 */
export function clientOutcome(): EventCheck {
  let last: TerminalReason | undefined;
  let lost = false;
  return {
    push(event) {
      if (event.type !== "run_finished") {
        last = endingAfter(event, last);
        return [];
      }
      return lost ? [] : endFaults(event, last);
    },
    lose() {
      lost = true;
    },
  };
}

/** How the last verdict could have ended the run. */
function endingAfter(
  event: RunEvent,
  before: TerminalReason | undefined,
): TerminalReason | undefined {
  if (event.type !== "policy_checked") return before;
  if (event.metadata.limit_kind === "denials") return "loop_budget";
  return effectOf(event) === "deny" ? "policy_denial_terminal" : undefined;
}

function endFaults(
  { terminal_reason, answer }: RunFinished,
  last: TerminalReason | undefined,
): readonly EventFault[] {
  const due = [...ALWAYS, ...last === undefined ? [] : [last]];
  const message = !due.includes(terminal_reason)
    ? `terminal_reason is ${terminal_reason}; by what happened it is ${
      due.join(" or ")
    }`
    : answer !== null
    ? "a client keeps its answers, and there is one"
    : undefined;
  return message === undefined ? [] : [{ code: "wrong_outcome", message }];
}

const ALWAYS: readonly TerminalReason[] = ["session_closed", "cancelled"];
