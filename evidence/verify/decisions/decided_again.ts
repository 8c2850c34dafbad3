import { effectOf } from "../../../runtime/record/effect_of.ts";
import { InputError } from "../../../tools/data/input_error.ts";
import { loadPolicy, type Policy } from "../../../policy/document/load.ts";
import type {
  AttemptFinished,
  LlmCompleted,
  PolicyChecked,
  RunEvent,
  RunFinished,
  RunStarted,
} from "../../../runtime/record/event.ts";
import { pricingFault } from "../../../runtime/record/answer_cost.ts";
import { toolRegistry } from "../../../tools/registry.ts";
import {
  toolOnRecord,
  toolsAfter,
} from "../../../runtime/record/recorded_tool.ts";
import { quoted } from "../../../tools/data/untrusted_text.ts";
import { type Rejudge, rejudge } from "../../replay/rejudge.ts";
import type { TerminalReason } from "../../../runtime/record/vocabulary.ts";
import type { EventCheck, EventFault, StoryCheck } from "../event_check.ts";
import { programOf } from "./changed_decisions.ts";
import { decisionFaults } from "./decision_faults.ts";
import { retryFault } from "./retry_fault.ts";
import { taskFault } from "./task_fault.ts";
import { redirectFaults, toolFaults } from "./tool_faults.ts";

/** A run that is decided again, with the policy on record. */
interface Again {
  /** With the tools that there are now. */
  started: RunStarted;
  readonly policy: Policy["document"];
  readonly judge: Rejudge;
  /** Whether an event has ended the run, so that only calls that run may end, and then the step. */
  mustEnd: boolean;
  /** How many calls run. */
  running: number;
  /** How a client's run must end, where a denial has ended it. */
  endsBy: TerminalReason | undefined;
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
    const again = {
      started: event,
      policy: document,
      judge,
      mustEnd: false,
      running: 0,
      endsBy: undefined,
    };
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
  if (event.type === "step_finished") {
    run.mustEnd = false;
    return [];
  }
  if (mustEnd && !ENDINGS.includes(event.type)) {
    run.mustEnd = false;
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
      if (endsRun(event, run)) run.mustEnd = true;
      return rejudged === undefined
        ? []
        : decisionFaults(event, rejudged, programOf(run.started));
    case "tools_changed": {
      const tools = toolsAfter(run.started.tools, event);
      run.started = { ...run.started, tools };
      return toolFaults({ ...run.started, tools: event.tools });
    }
    case "run_finished":
      return clientEndFaults(event, run);
    case "tool_started":
      run.running += 1;
      return parallelFaults(run);
    case "tool_finished":
      run.running -= 1;
      return redirectFaults(event, run.started.tools);
  }
  return [];
}

/** Whether a verdict ends the run; a budget of a client that is not for denials only denies its calls. */
function endsRun(event: PolicyChecked, run: Again): boolean {
  const isClient = run.started.llm.execution_path === "client";
  const isBudget = event.tool === null;
  const isForDenials = event.metadata.limit_kind === "denials";
  const ends = isBudget
    ? !isClient || isForDenials
    : effectOf(event) === "deny" && run.policy.on_deny === "terminate";
  if (ends && isClient) {
    run.endsBy ??= isBudget ? "loop_budget" : "policy_denial_terminal";
  }
  return ends;
}

/** A client's run that the policy has ended says so. */
function clientEndFaults(
  { terminal_reason }: RunFinished,
  { endsBy, started }: Again,
): readonly EventFault[] {
  if (started.llm.execution_path !== "client") return [];
  const isDue = endsBy === undefined
    ? terminal_reason === "session_closed" || terminal_reason === "cancelled"
    : terminal_reason === endsBy;
  return isDue ? [] : [
    undecided(
      `terminal_reason is ${terminal_reason}; by the policy it is ${
        endsBy ?? "session_closed or cancelled"
      }`,
    ),
  ];
}

/** What may follow when the run has been ended: what calls that run come to. */
const ENDINGS: readonly RunEvent["type"][] = [
  "run_finished",
  "approval_resolved",
  "attempt_finished",
  "tool_finished",
];

function parallelFaults(
  { running, started, policy: { loop_budget } }: Again,
): readonly EventFault[] {
  const isClient = started.llm.execution_path === "client";
  const { max_parallel = isClient ? 64 : 1 } = loop_budget;
  return running <= max_parallel ? [] : [
    undecided(
      `${running} calls run at the same time; the policy allows ${max_parallel}`,
    ),
  ];
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
