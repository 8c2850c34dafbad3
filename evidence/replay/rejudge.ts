import type { Answer } from "../../policy/answer.ts";
import { callRules } from "../../policy/rules/call_rules.ts";
import type {
  LoopLimits,
  PolicyDocument,
} from "../../policy/document/document.ts";
import { type Gate, openGate } from "../../policy/gate.ts";
import {
  answerBudget,
  type BudgetDenial,
  denialBudget,
  iterationBudget,
  timeBudget,
} from "../../policy/rules/loop_budget.ts";
import type {
  AskedClause,
  Metadata,
  Proposal,
  RuleId,
} from "../../policy/rule.ts";
import type {
  LlmCompleted,
  PolicyChecked,
  ProposedCall,
  RunEvent,
  RunStarted,
} from "../../runtime/record/event.ts";
import {
  pathFactsOf,
  validationOf,
} from "../../runtime/rerun/recorded_answers.ts";
import { toolOnRecord } from "../../runtime/record/recorded_tool.ts";
import { tokensOf } from "../../runtime/record/usage.ts";
import type { JsonObject } from "../../tools/data/json.ts";

/** What a policy makes of one decision on record. */
export interface Rejudged {
  readonly decision: "allow" | "deny" | "escalate";
  /** `null` when no rule objects. */
  readonly rule_id: RuleId | null;
  /** `null` when no rule objects. */
  readonly reason: string | null;
  readonly metadata: Metadata;
  /** What a person would be asked about; empty unless the decision is `escalate`. */
  readonly asked: readonly AskedClause[];
  /** The call that was judged, with what was looked up then; `undefined` for a budget. */
  readonly proposal: Proposal | undefined;
  /** Whether the hosts of the call may have been looked up: nothing else denies it or asks about it. */
  readonly mayLookUp: boolean;
}

/** A policy that judges the decisions of a record again, in their order. */
export interface Rejudge {
  /** Takes the next event; returns what the policy says where the event is a decision. */
  push(event: RunEvent): Rejudged | undefined;
  /** What a budget of the policy says after the last event, which must then stop the run. */
  readonly budget: BudgetDenial | undefined;
}

/** What is remembered from one event to the next. */
interface Progress {
  /** Calls of the last answer that have not been judged. */
  pending: readonly ProposedCall[];
  /** The call that was judged last. */
  proposal?: Proposal | undefined;
  /** Where its tool was redirected. */
  redirect: JsonObject | null;
  /** What the policy wants to ask a person about it. */
  asked: readonly AskedClause[];
  /** What a person has answered on it. */
  answer?: Answer | undefined;
  /** What a budget of the policy says in this step. */
  budget: BudgetDenial | undefined;
  iterations: number;
  tokens: number;
  toolCalls: number;
  denials: number;
  seconds: number;
}

/**
 * Judges every decision of a run again under a policy, from what was looked up
 * then: where paths led and what hosts stood for is taken from the record, never
 * from today's disk or network. Each is judged as if the run had come to it as it
 * did, and a person had answered what the policy would ask.
 *
 * What was not looked up then cannot be known: a host that was denied by its name
 * is judged by its name alone, and arguments that were refused stay refused.
 */
export function rejudge(started: RunStarted, policy: PolicyDocument): Rejudge {
  const limits = policy.loop_budget;
  const progress: Progress = {
    pending: [],
    redirect: null,
    asked: [],
    budget: undefined,
    iterations: 0,
    tokens: 0,
    toolCalls: 0,
    denials: 0,
    seconds: 0,
  };
  let current: RunEvent = started;
  const gate = gateOnRecord(started, { policy, current: () => current });
  return {
    push(event) {
      current = event;
      // Reading a clock takes time, and most policies set no limit to it.
      if (limits.max_seconds !== undefined) {
        progress.seconds = Number(BigInt(event.ts) - BigInt(started.ts)) / 1e9;
      }
      switch (event.type) {
        case "step_started":
          progress.budget = iterationBudget(limits, progress);
          return;
        case "llm_completed":
          progress.iterations += 1;
          progress.tokens += tokensOf(event.usage ?? undefined);
          progress.budget ??= budgetAfter(event, limits, progress);
          progress.toolCalls += event.calls.length;
          progress.pending = event.calls;
          return;
        case "approval_resolved": {
          const { approver, verdict } = event;
          progress.answer = { approver, verdict, asked: progress.asked };
          return;
        }
        case "tool_finished":
          progress.redirect = event.redirect;
          return;
        case "policy_checked":
          return event.tool === null
            ? judgeBudget(event, { policy, progress })
            : judgeCall(event, { gate, policy, progress });
      }
    },
    get budget() {
      return progress.budget;
    },
  };
}

/** A gate that finds in the event which is judged what was looked up for it. */
function gateOnRecord(
  started: RunStarted,
  { policy, current }: {
    readonly policy: PolicyDocument;
    readonly current: () => RunEvent;
  },
): Gate {
  return openGate({
    policy,
    rules: callRules(policy),
    nowMs: () => Number(BigInt(current().ts) / 1_000_000n),
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

/** What a budget says when the model has answered, or has let the time pass. */
function budgetAfter(
  { calls, error }: LlmCompleted,
  limits: LoopLimits,
  progress: Progress,
): BudgetDenial | undefined {
  if (calls.length > 0) return answerBudget(limits, progress, calls.length);
  return error?.kind === "transient" ? timeBudget(limits, progress) : undefined;
}

/** What the policy says where a budget had denied. */
function judgeBudget(
  { metadata }: PolicyChecked,
  { policy, progress }: {
    readonly policy: PolicyDocument;
    readonly progress: Progress;
  },
): Rejudged {
  const denial = metadata.limit_kind === "denials"
    ? denialsBudget(policy, progress)
    : progress.budget;
  progress.budget = undefined;
  return byBudget(denial);
}

/** A policy that ends the run at once lets it survive no denial at all. */
function denialsBudget(
  { on_deny, loop_budget }: PolicyDocument,
  { denials }: Progress,
): BudgetDenial | undefined {
  return on_deny === "continue"
    ? denialBudget(loop_budget, denials)
    : denialBudget({ ...loop_budget, max_denials: 0 }, denials);
}

function judgeCall(
  event: PolicyChecked,
  { gate, policy, progress }: {
    readonly gate: Gate;
    readonly policy: PolicyDocument;
    readonly progress: Progress;
  },
): Rejudged {
  const { answer, budget } = progress;
  if (answer === undefined) progress.proposal = proposalOf(gate, progress);
  progress.answer = undefined;
  progress.redirect = null;
  if (event.decision === "deny") progress.denials += 1;
  const { proposal } = progress;
  if (proposal === undefined || budget !== undefined) return byBudget(budget);
  if (event.decision === "deny" && policy.on_deny === "continue") {
    progress.budget = denialBudget(policy.loop_budget, progress.denials);
  }
  const hosts = event.facts?.hosts ?? [];
  const addresses = new Map(
    hosts.map(({ host, addresses }) => [host, addresses]),
  );
  const facts = { ...proposal.facts, addresses };
  const mayLookUp = hosts.length === 0 ||
    gate.judge(proposal, answer).effect === "allow";
  const decision = gate.judge({ ...proposal, facts }, answer);
  const { effect, rule, reason, metadata } = decision;
  progress.asked = decision.effect === "escalate" ? decision.asked : [];
  return {
    decision: effect,
    rule_id: rule,
    reason,
    metadata,
    asked: progress.asked,
    proposal: { ...proposal, facts },
    mayLookUp,
  };
}

/** The next call that is judged: where the last one was redirected, or the next of the answer. */
function proposalOf(gate: Gate, progress: Progress): Proposal | undefined {
  const { proposal, redirect, pending: [call, ...pending] } = progress;
  if (proposal !== undefined && redirect !== null) {
    return gate.redirect(proposal, redirect);
  }
  progress.pending = pending;
  return call === undefined ? undefined : gate.propose(call);
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
