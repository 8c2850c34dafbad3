import { InputError } from "../../policy/input_error.ts";
import { loadPolicy, type Policy } from "../../policy/load.ts";
import type { Metadata } from "../../policy/rule.ts";
import type {
  LlmCompleted,
  PolicyChecked,
  RunEvent,
  RunStarted,
} from "../../runtime/event.ts";
import { toolRegistry } from "../../tools/registry.ts";
import { toolOnRecord } from "../../runtime/recorded_tool.ts";
import { quoted } from "../../tools/data/untrusted_text.ts";
import { type Rejudge, rejudge, type Rejudged } from "../rejudge.ts";
import { valueDifference } from "../../runtime/value_difference.ts";
import { changedDecision } from "./changed_decisions.ts";
import type { EventCheck, EventFault } from "./event_check.ts";
import { factFaults } from "./fact_faults.ts";
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
  /** Whether the last decision asks as version 1 does, which looks hosts up before. */
  let askedAsVersion1 = false;

  function started(event: RunStarted): readonly EventFault[] {
    const faults: EventFault[] = [];
    const task = taskFault(event.task);
    if (task !== undefined) faults.push({ code: "not_in_task", message: task });
    try {
      toolRegistry(event.tools.map((tool) => toolOnRecord(tool, NOT_ASKED)));
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
        return rejudged === undefined ? [] : [
          ...decisionFaults(event, rejudged, run),
          ...earlyLookUp(event, rejudged),
        ];
    }
    return [];
  }

  /** Version 1 looks hosts up before a person is asked; no version does for a denied call. */
  function earlyLookUp(
    { decision, asked, facts }: PolicyChecked,
    { withoutHosts }: Rejudged,
  ): readonly EventFault[] {
    const isVersion1 = askedAsVersion1;
    askedAsVersion1 = decision === "escalate" && asked === undefined;
    const mayLookUp = withoutHosts === "allow" || isVersion1 ||
      withoutHosts === "escalate" && asked === undefined;
    if (mayLookUp || facts === null || facts.hosts.length === 0) return [];
    const message =
      "a host was looked up before the call was approved, or of one that is denied";
    return [{ code: "impossible_fact", message }];
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
  const message = verdictFault(event, rejudged, started.runtime_version) ??
    callFault(event, rejudged);
  return [
    ...facts.map((message) => ({ code: "impossible_fact", message } as const)),
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
  { call_sha256, metadata, asked }: PolicyChecked,
  rejudged: Rejudged,
): string | undefined {
  const due = rejudged.proposal?.call_sha256 ?? null;
  if (call_sha256 !== due) {
    return `call_sha256 is ${call_sha256}; that of the proposed call is ${due}`;
  }
  if (
    asked !== undefined && valueDifference(rejudged.asked, asked) !== undefined
  ) {
    return "the policy asks about something else than what was asked";
  }
  const key = strayKey(metadata, rejudged.metadata);
  return key === undefined
    ? undefined
    : `metadata.${key} is not what the rules find: ${
      quoted(String(rejudged.metadata[key]))
    }`;
}

/** A later version may find more; what is on record must follow. */
function strayKey(recorded: Metadata, found: Metadata): string | undefined {
  return Object.keys(recorded).find((key) =>
    !Object.hasOwn(found, key) || !Object.is(recorded[key], found[key])
  );
}
