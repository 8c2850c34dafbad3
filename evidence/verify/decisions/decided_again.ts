import { InputError } from "../../../tools/data/input_error.ts";
import { loadPolicy, type Policy } from "../../../policy/document/load.ts";
import type {
  LlmCompleted,
  PolicyChecked,
  RecordedTool,
  RunEvent,
  RunStarted,
  ToolFinished,
} from "../../../runtime/record/event.ts";
import { toolRegistry } from "../../../tools/registry.ts";
import { toolOnRecord } from "../../../runtime/record/recorded_tool.ts";
import { quoted } from "../../../tools/data/untrusted_text.ts";
import { type Rejudge, rejudge, type Rejudged } from "../../replay/rejudge.ts";
import { valueDifference } from "../../../tools/data/value_difference.ts";
import { changedDecision, programOf } from "./changed_decisions.ts";
import type { EventCheck, EventFault } from "../event_check.ts";
import { factFaults } from "./fact_faults.ts";
import { ownTool } from "../own_tools.ts";
import { retryFault } from "./retry_fault.ts";
import { taskFault } from "./task_fault.ts";

/** A run that is decided again, with the policy on record. */
interface Again {
  readonly started: RunStarted;
  readonly policy: Policy["document"];
  readonly judge: Rejudge;
}

/**
 * Decides every decision of a run again, from the policy, the calls and the facts
 * on record, and compares decision, rule and what the rules looked at; the wording
 * of a reason may be that of another version. What the policy says of retries and
 * budgets is checked with it, and that the task is the one of its text.
 *
 * The rules, the gate and the reading of arguments are those of the loop: that they
 * decide right is for their own tests. How a run goes on after a decision is code
 * of this module's own.
 */
export function decidedAgain(): EventCheck {
  let again: Again | undefined;
  /** Whether the last event ends the run, so that only the end of its step may follow. */
  let mustEnd = false;

  function started(event: RunStarted): readonly EventFault[] {
    const faults: EventFault[] = [];
    const task = taskFault(event.task);
    if (task !== undefined) faults.push({ code: "not_in_task", message: task });
    try {
      toolRegistry(event.tools.map((tool) => toolOnRecord(tool, NOT_ASKED)));
      faults.push(...event.tools.flatMap(toolFaults));
      const policy = loadPolicy(event.policy.text, "the policy on record");
      const { document } = policy;
      again = {
        started: event,
        policy: document,
        judge: rejudge(event, document),
      };
    } catch (error) {
      if (!(error instanceof InputError || error instanceof RangeError)) {
        throw error;
      }
      faults.push({ code: "undecidable", message: quoted(error.message) });
    }
    return faults;
  }

  function follow(event: RunEvent, run: Again): readonly EventFault[] {
    const budget = run.judge.budget;
    const ended = mustEnd;
    mustEnd = false;
    const rejudged = run.judge.push(event);
    if (event.type === "step_finished") return [];
    if (ended) return [undecided("the run goes on after what ends it")];
    const isBudget = event.type === "policy_checked" && event.tool === null;
    if (budget !== undefined && !isBudget) {
      return [undecided(`the run goes on, and ${budget.reason}`)];
    }
    switch (event.type) {
      case "llm_completed":
        return usageFaults(event, run);
      case "attempt_finished": {
        const limits = run.policy.retry;
        const message = retryFault(event, { limits, seed: run.started.seed });
        return message === undefined
          ? []
          : [{ code: "wrong_attempt", message }];
      }
      case "policy_checked":
        mustEnd = isBudget ||
          event.decision === "deny" && run.policy.on_deny === "terminate";
        return rejudged === undefined
          ? []
          : decisionFaults(event, rejudged, run);
      case "tool_finished":
        return redirectFaults(event, run);
    }
    return [];
  }

  return {
    push(event) {
      if (event.type === "run_started") return started(event);
      return again === undefined ? [] : follow(event, again);
    },
    lose() {
      again = undefined;
    },
  };
}

function undecided(message: string): EventFault {
  return { code: "not_as_decided", message };
}

/** No validator is on record; whether arguments fit is. */
const NOT_ASKED = () => ({ issues: [] });

/** What this program's own tools touch is known. */
function toolFaults(tool: RecordedTool): readonly EventFault[] {
  const own = ownTool(tool);
  const isSame = own === undefined ||
    own.idempotent === tool.idempotent &&
      valueDifference(own.effects, tool.effects) === undefined;
  return isSame ? [] : [{
    code: "other_tool",
    message: `the tool ${quoted(tool.name)} has other effects`,
  }];
}

/** Of this program's own tools `fetch` alone is redirected, to a URL. */
function redirectFaults(
  { tool: name, redirect }: ToolFinished,
  { started }: Again,
): readonly EventFault[] {
  const tool = started.tools.find((each) => each.name === name);
  if (redirect === null || tool === undefined) return [];
  if (ownTool(tool) === undefined) return [];
  const isUrl = name === "fetch" && typeof redirect.url === "string" &&
    Object.keys(redirect).length === 1;
  return isUrl ? [] : [{
    code: "other_tool",
    message: `the tool ${quoted(name)} cannot be redirected to this`,
  }];
}

function usageFaults(
  { usage, error }: LlmCompleted,
  { policy }: Again,
): readonly EventFault[] {
  return policy.loop_budget.max_tokens === undefined || usage !== null ||
      error !== null
    ? []
    : [undecided(
      "the policy limits tokens, and an answer without usage is an error",
    )];
}

function decisionFaults(
  event: PolicyChecked,
  rejudged: Rejudged,
  { started }: Again,
): readonly EventFault[] {
  const { proposal } = rejudged;
  const facts = event.facts === null || proposal === undefined
    ? []
    : factFaults(event.facts, proposal);
  const message = verdictFault(event, rejudged, programOf(started)) ??
    callFault(event, rejudged);
  const isEarly = message === undefined && proposal !== undefined &&
    !rejudged.mayLookUp;
  const early = isEarly
    ? ["a host was looked up of a call that was not to run"]
    : [];
  return [
    ...[...facts, ...early].map((message) =>
      ({ code: "impossible_fact", message }) as const
    ),
    ...message === undefined ? [] : [undecided(message)],
  ];
}

function verdictFault(
  event: PolicyChecked,
  rejudged: Rejudged,
  version: string,
): string | undefined {
  const { decision, rule_id } = event;
  const isSame = decision === rejudged.decision && rule_id === rejudged.rule_id;
  if (isSame) return undefined;
  const row = changedDecision(version, { was: event, is: rejudged });
  if (row !== undefined) return undefined;
  const { reason } = rejudged;
  return `the record says ${
    spelled(event)
  }; policy, call and facts on record give ${spelled(rejudged)}${
    reason === null ? "" : `: ${quoted(reason)}`
  }`;
}

function spelled(
  { decision, rule_id }: Pick<PolicyChecked, "decision" | "rule_id">,
): string {
  return rule_id === null ? decision : `${decision} by ${rule_id}`;
}

/** What a decision says of its call beside the verdict. */
function callFault(
  { call_sha256, metadata, asked, reason }: PolicyChecked,
  rejudged: Rejudged,
): string | undefined {
  const due = rejudged.proposal?.call_sha256 ?? null;
  if (call_sha256 !== due) {
    return `call_sha256 is ${call_sha256}; that of the proposed call is ${due}`;
  }
  if (asked !== undefined) {
    const isSame = valueDifference(rejudged.asked, asked) === undefined &&
      reason === rejudged.reason;
    if (!isSame) {
      return "the policy asks about something else, or in other words";
    }
  }
  const difference = valueDifference(rejudged.metadata, metadata);
  return difference === undefined
    ? undefined
    : `metadata.${difference.path} is ${
      spelledValue(difference.found)
    }; the rules find ${spelledValue(difference.expected)}`;
}

function spelledValue(value: unknown): string {
  return value === undefined ? "nothing" : quoted(String(value));
}
