import { effectOf } from "../../../runtime/record/effect_of.ts";
import { InputError } from "../../../tools/data/input_error.ts";
import { loadPolicy, type Policy } from "../../../policy/document/load.ts";
import type {
  AttemptFinished,
  LlmCompleted,
  RunEvent,
  RunStarted,
} from "../../../runtime/record/event.ts";
import { pricingFault } from "../../../runtime/record/answer_cost.ts";
import { toolRegistry } from "../../../tools/registry.ts";
import { toolOnRecord } from "../../../runtime/record/recorded_tool.ts";
import { quoted } from "../../../tools/data/untrusted_text.ts";
import { type Rejudge, rejudge } from "../../replay/rejudge.ts";
import type { EventCheck, EventFault, StoryCheck } from "../event_check.ts";
import { programOf } from "./changed_decisions.ts";
import { decisionFaults } from "./decision_faults.ts";
import { retryFault } from "./retry_fault.ts";
import { taskFault } from "./task_fault.ts";
import { redirectFaults, toolFaults } from "./tool_faults.ts";

/** A run that is decided again, with the policy on record. */
interface Again {
  readonly started: RunStarted;
  readonly policy: Policy["document"];
  readonly judge: Rejudge;
  /** Whether the last event ends the run, so that only the end of its step may follow. */
  mustEnd: boolean;
}

/**
 * Makes every decision of a run again, from the policy, the calls and the facts
 * on record, and compares decision, rule and metadata; the wording of a reason
 * may come from another version. It also checks retries and budgets against the
 * policy, and the task against its text.
 *
 * The rules, the gate and the reading of arguments are the loop's own code;
 * their tests show that they decide correctly. How a run continues after a
 * decision is separate code in this module.
 */
function decidedAgain(): EventCheck {
  let again: Again | undefined;
  return {
    push(event) {
      if (event.type === "run_started") {
        const begun = begin(event);
        again = begun.again;
        return begun.faults;
      }
      return again === undefined ? [] : follow(again, event);
    },
    lose() {
      again = undefined;
    },
  };
}

/** Makes every decision again. */
export const DECISIONS: StoryCheck = {
  start: decidedAgain,
  shares: "the rules, the gate, the budgets, and how arguments are read",
};

/** Loads what the run was decided with; `again` is `undefined` when it cannot be decided again. */
function begin(event: RunStarted): {
  readonly again: Again | undefined;
  readonly faults: readonly EventFault[];
} {
  const faults: EventFault[] = [];
  const task = taskFault(event.task);
  if (task !== undefined) faults.push({ code: "not_in_task", message: task });
  try {
    toolRegistry(event.tools.map((tool) => toolOnRecord(tool, NOT_ASKED)));
    faults.push(...toolFaults(event));
    const policy = loadPolicy(event.policy.text, "the policy on record");
    const { max_cost } = policy.document.loop_budget;
    const fault = pricingFault({ model: event.llm, max_cost });
    if (fault !== undefined) faults.push(undecided(fault));
    const judge = rejudge(event, policy);
    const { document } = policy;
    if ((event.mode === "audit") !== (document.mode === "audit")) {
      const message = "the mode is not that of the policy on record";
      faults.push({ code: "not_as_decided", message });
    }
    const again = { started: event, policy: document, judge, mustEnd: false };
    return { again, faults };
  } catch (error) {
    if (!(error instanceof InputError || error instanceof RangeError)) {
      throw error;
    }
    faults.push({ code: "undecidable", message: quoted(error.message) });
    return { again: undefined, faults };
  }
}

function follow(run: Again, event: RunEvent): readonly EventFault[] {
  const { judge: { budget }, mustEnd } = run;
  const rejudged = run.judge.push(event);
  const isBudget = event.type === "policy_checked" && event.tool === null;
  run.mustEnd = false;
  if (event.type === "step_finished") return [];
  if (mustEnd) {
    return [undecided("the run continues after an event that ends it")];
  }
  if (budget !== undefined && !isBudget) {
    return [undecided(`the run continues, although ${budget.reason}`)];
  }
  switch (event.type) {
    case "llm_completed":
      return usageFaults(event, run);
    case "attempt_finished":
      return attemptFaults(event, run);
    case "policy_checked":
      run.mustEnd = isBudget ||
        effectOf(event) === "deny" && run.policy.on_deny === "terminate";
      return rejudged === undefined
        ? []
        : decisionFaults(event, rejudged, programOf(run.started));
    case "tool_finished":
      return redirectFaults(event, run.started.tools);
  }
  return [];
}

function undecided(message: string): EventFault {
  return { code: "not_as_decided", message };
}

/** The record has no validator, but it says whether arguments fit. */
const NOT_ASKED = () => ({ issues: [] });

function usageFaults(
  { usage, error }: LlmCompleted,
  { policy }: Again,
): readonly EventFault[] {
  const { max_tokens, max_cost } = policy.loop_budget;
  const isLimited = max_tokens !== undefined || max_cost !== undefined;
  return !isLimited || usage !== null || error !== null ? [] : [undecided(
    "the policy limits tokens or cost, and an answer without usage is an error",
  )];
}

function attemptFaults(
  event: AttemptFinished,
  { started: { seed }, policy: { retry: limits } }: Again,
): readonly EventFault[] {
  const message = retryFault(event, { limits, seed });
  return message === undefined ? [] : [{ code: "wrong_attempt", message }];
}
