import { effectOf } from "../../runtime/record/effect_of.ts";
import type { Answer } from "../../policy/answer.ts";
import { callRules } from "../../policy/rules/call_rules.ts";
import type { PolicyDocument } from "../../policy/document/document.ts";
import type { Policy } from "../../policy/document/load.ts";
import { letsRun } from "../../policy/decide.ts";
import { type Gate, openGate } from "../../policy/gate.ts";
import type { BudgetDenial } from "../../policy/rules/loop_budget.ts";
import type {
  AskedClause,
  Metadata,
  Proposal,
  RuleId,
} from "../../policy/rule.ts";
import type {
  ApprovalResolved,
  PolicyChecked,
  RunEvent,
  RunStarted,
} from "../../runtime/record/event.ts";
import {
  pathFactsOf,
  validationOf,
} from "../../runtime/rerun/recorded_answers.ts";
import { toolOnRecord } from "../../runtime/record/recorded_tool.ts";
import { type CurrentCall, proposedCall } from "../current_call.ts";
import { isLastOfCall, type OpenCalls, openCalls } from "../open_calls.ts";
import {
  afterDenial,
  budgetAfter,
  type BudgetState,
  clientBudgetAgain,
  denialsBudget,
  NOTHING_SPENT,
} from "./budget_again.ts";

/** One recorded decision under a policy. */
export interface Rejudged {
  readonly decision: "allow" | "deny" | "escalate";
  /** `null` when no rule objects. */
  readonly rule_id: RuleId | null;
  /** `null` when no rule objects. */
  readonly reason: string | null;
  readonly metadata: Metadata;
  /** `false` where the policy is only audited, and the call runs all the same. */
  readonly enforced?: false | undefined;
  /** What a person would be asked about; empty unless the decision is `escalate`. */
  readonly asked: readonly AskedClause[];
  /** The call that was judged, with what was looked up then; `undefined` for a budget. */
  readonly proposal: Proposal | undefined;
  /** Whether the hosts of the call may have been looked up: nothing else denies it or asks about it. */
  readonly mayLookUp: boolean;
}

/** Judges the decisions of a record again under a policy, in their order. */
export interface Rejudge {
  /** Takes the next event; returns what the policy says where the event is a decision. */
  push(event: RunEvent): Rejudged | undefined;
  /** What a budget of the policy says after the last event, which must then stop the run. */
  readonly budget: BudgetDenial | undefined;
}

/** What is known between two events. */
interface State {
  readonly calls: OpenCalls;
  budget: BudgetState;
  /** Calls that were judged, by the number of their proposal; in version 1 the last one, without a number. */
  readonly judged: Map<number | undefined, JudgedAgain>;
}

/** A call that was judged again. */
interface JudgedAgain {
  /** As the gate saw it when it last judged it. */
  readonly proposal: Proposal;
  /** What the policy wants to ask a person about it. */
  readonly asked: readonly AskedClause[];
}

/**
 * Judges every decision of a run again under a policy, from the recorded facts:
 * where paths led and which addresses hosts had comes from the record, never
 * from the present disk or network. Each decision is judged as if the run had
 * reached it in the same way, and as if a person had answered every question of
 * the policy.
 *
 * Facts that were not looked up are unknown: a host that was denied by its name
 * is judged by its name alone, and arguments that were refused stay refused.
 */
export function rejudge(
  started: RunStarted,
  { document: policy, lines }: Pick<Policy, "document" | "lines">,
): Rejudge {
  const limits = policy.loop_budget;
  const state: State = {
    calls: openCalls(),
    budget: NOTHING_SPENT,
    judged: new Map(),
  };
  const client = started.llm.execution_path === "client"
    ? clientBudgetAgain(limits)
    : undefined;
  let current: RunEvent = started;
  const gate = gateOnRecord(started, {
    policy,
    lines,
    current: () => current,
  });
  gate.question(started.task.question);
  return {
    push(event) {
      current = event;
      remember(gate, event, { ...state, current: () => current });
      const { answer } = state.calls.before(event);
      const ofClient = client?.push(event);
      if (client === undefined) {
        state.budget = budgetAfter(state.budget, event, { limits, started });
      } else if (ofClient !== undefined) {
        state.budget = { ...state.budget, denial: ofClient };
      }
      const call = state.calls.push(event);
      if (event.type === "step_started") state.judged.clear();
      const rejudged = event.type !== "policy_checked"
        ? undefined
        : event.tool === null
        ? judgeBudget(event, { policy, state })
        : judgeCall(event, { gate, policy, state, call, answer });
      // It denies this call of the client, and the next one may be in time.
      if (ofClient !== undefined) {
        state.budget = { ...state.budget, denial: undefined };
      }
      if (client !== undefined && isLastOfCall(event)) {
        state.judged.delete(event.call);
      }
      return rejudged;
    },
    get budget() {
      return state.budget.denial;
    },
  };
}

/** Lets the gate know what a call did: that it began, and what it returned. */
function remember(
  gate: Gate,
  event: RunEvent,
  { judged, current }: State & { readonly current: () => RunEvent },
): void {
  if (event.type === "tools_changed") {
    const { tools, removed } = event;
    gate.toolsChanged({
      tools: tools.map((tool) =>
        toolOnRecord(tool, (value) => validationOf(current(), value))
      ),
      removed,
    });
  }
  const known = judged.get(event.call);
  if (event.type === "tool_started" && known !== undefined) {
    gate.begin(known.proposal);
  }
  if (event.type === "tool_finished") {
    const { tool, seq, result } = event;
    gate.result(result, { tool, seq });
  }
}

/** A gate that finds in the event which is judged what was looked up for it. */
function gateOnRecord(
  started: RunStarted,
  { policy, lines, current }: {
    readonly policy: PolicyDocument;
    readonly lines: Policy["lines"];
    readonly current: () => RunEvent;
  },
): Gate {
  return openGate({
    policy,
    rules: callRules(policy, lines),
    nowMs: () => judgedAtMs(current()),
    tools: new Map(started.tools.map((tool) => [
      tool.name,
      toolOnRecord(tool, (value) => validationOf(current(), value)),
    ])),
    inspect(path) {
      const facts = pathFactsOf(current(), path);
      if (facts !== undefined) return facts;
      throw new RangeError(`There is nothing on record of "${path}"`);
    },
  });
}

/** When the judgement of a call began, in milliseconds. */
function judgedAtMs(event: RunEvent): number {
  const at = event.type === "policy_checked" ? event.started_at : event.ts;
  return Number(BigInt(at) / 1_000_000n);
}

/** What the policy says where a budget had denied. */
function judgeBudget(
  { metadata }: PolicyChecked,
  { policy, state }: {
    readonly policy: PolicyDocument;
    readonly state: State;
  },
): Rejudged {
  const { budget } = state;
  state.budget = { ...budget, denial: undefined };
  return byBudget(
    metadata.limit_kind === "denials"
      ? denialsBudget(policy, budget)
      : budget.denial,
  );
}

function judgeCall(
  event: PolicyChecked,
  { gate, policy, state, call, answer: given }: {
    readonly gate: Gate;
    readonly policy: PolicyDocument;
    readonly state: State;
    /** The call, with the event. */
    readonly call: CurrentCall;
    /** What a person had answered before the event. */
    readonly answer: ApprovalResolved | undefined;
  },
): Rejudged {
  const isDenied = effectOf(event) === "deny";
  const before = state.budget;
  if (isDenied) state.budget = afterDenial(before);
  const known = state.judged.get(event.call);
  const proposal = proposalOf(gate, call, known?.proposal);
  if (proposal === undefined) return byBudget(before.denial);
  const remember = (asked: JudgedAgain["asked"]) =>
    state.judged.set(event.call, { proposal, asked });
  if (before.denial !== undefined) {
    remember(known?.asked ?? []);
    return byBudget(before.denial);
  }
  if (isDenied && policy.on_deny === "continue") {
    const denial = denialsBudget(policy, state.budget);
    state.budget = { ...state.budget, denial };
  }
  const answer = given && answerTo(known?.asked ?? [], given);
  const hosts = event.facts?.hosts ?? [];
  const addresses = new Map(
    hosts.map(({ host, addresses }) => [host, addresses]),
  );
  const facts = { ...proposal.facts, addresses };
  const mayLookUp = hosts.length === 0 ||
    letsRun(gate.judge(proposal, answer));
  const decision = gate.judge({ ...proposal, facts }, answer);
  const { effect, rule, reason, metadata } = decision;
  const asked = decision.effect === "escalate" ? decision.asked : [];
  remember(asked);
  return {
    decision: effect,
    rule_id: rule,
    reason,
    metadata,
    ...effect !== "allow" && decision.enforced === false
      ? { enforced: false } as const
      : {},
    asked,
    proposal: { ...proposal, facts },
    mayLookUp,
  };
}

/** The call that the event judges: of the model's answer, of a redirect, or the one before, which has an answer. */
function proposalOf(
  gate: Gate,
  call: CurrentCall,
  proposal: Proposal | undefined,
): Proposal | undefined {
  const { occasion, redirect } = call;
  if (occasion === "answered") return proposal;
  if (redirect !== null) return proposal && gate.redirect(proposal, redirect);
  const proposed = proposedCall(call);
  return proposed && gate.propose(proposed);
}

function answerTo(
  asked: readonly AskedClause[],
  { approver, verdict }: ApprovalResolved,
): Answer {
  return { approver, verdict, asked };
}

function byBudget(denial: BudgetDenial | undefined): Rejudged {
  const nothing = { asked: [], proposal: undefined, mayLookUp: false };
  return denial === undefined
    ? {
      decision: "allow",
      rule_id: null,
      reason: null,
      metadata: {},
      ...nothing,
    }
    : {
      decision: "deny",
      rule_id: denial.rule,
      reason: denial.reason,
      metadata: denial.metadata,
      ...nothing,
    };
}
