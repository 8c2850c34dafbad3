import type { Answer } from "../policy/answer.ts";
import { callRules } from "../policy/call_rules.ts";
import { type Gate, openGate } from "../policy/gate.ts";
import type { LoopLimits } from "../policy/document.ts";
import type { Policy } from "../policy/load.ts";
import {
  answerBudget,
  type BudgetDenial,
  denialBudget,
  iterationBudget,
  timeBudget,
} from "../policy/loop_budget.ts";
import type { Proposal, RuleId } from "../policy/rule.ts";
import type {
  LlmCompleted,
  PolicyChecked,
  ProposedCall,
  RunEvent,
  RunStarted,
} from "../runtime/event.ts";
import { pathFactsOf, validationOf } from "../runtime/recorded_answers.ts";
import { toolOnRecord } from "../runtime/recorded_tool.ts";
import { tokensOf } from "../runtime/usage.ts";
import type { JsonObject } from "../tools/json.ts";

/** A verdict, with the rule that objected. */
export interface Verdict {
  /** What becomes of the call, or of the run where a budget decides. */
  readonly decision: "allow" | "deny" | "escalate";
  /** `null` when no rule objected. */
  readonly rule_id: RuleId | null;
  /** `null` when no rule objected. */
  readonly reason: string | null;
}

/** A decision that another policy turns round. */
export interface Flip {
  /** Number of the event with the recorded decision. */
  readonly seq: number;
  /** The loop's turn. */
  readonly step: number;
  /** The tool that was called; `null` where a budget had denied. */
  readonly tool: string | null;
  /** The model's id for the call; `null` where a budget had denied. */
  readonly call_id: string | null;
  /** What is on record. */
  readonly was: Verdict;
  /** What the other policy says. */
  readonly is: Verdict;
}

/** What another policy makes of a run. */
export interface Redecided {
  /** How many recorded decisions were judged again. */
  readonly decisions: number;
  /** Those that come out differently, in the order of the record. */
  readonly flips: readonly Flip[];
}

/**
 * Judges every decision of a run again under another policy, from what was looked
 * up then: where paths led and what hosts stood for is taken from the record,
 * never from today's disk or network. Each is judged as if the run had come to it
 * as it did; that an earlier flip would have ended the run is not followed up.
 *
 * What was not looked up then cannot be known: a host that was denied by its name
 * is judged by its name alone, and arguments that were refused stay refused.
 *
 * @throws {RangeError} when the record does not begin as a run does
 */
export function redecide(
  recorded: readonly RunEvent[],
  policy: Policy,
): Redecided {
  const [started] = recorded;
  if (started?.type !== "run_started") {
    throw new RangeError(
      "Cannot judge a record again that does not begin with run_started",
    );
  }
  const judge = judgeOf(started, policy);
  const flips: Flip[] = [];
  let decisions = 0;
  for (const event of recorded) {
    const is = judge(event);
    if (is === undefined || event.type !== "policy_checked") continue;
    decisions += 1;
    const { seq, step, tool, call_id, decision, rule_id, reason } = event;
    if (decision === is.decision) continue;
    const was = { decision, rule_id, reason };
    flips.push({ seq, step, tool, call_id, was, is });
  }
  return { decisions, flips };
}

/** What is remembered from one event to the next. */
interface Progress {
  /** Calls of the last answer that have not been judged. */
  pending: readonly ProposedCall[];
  /** The call that was judged last. */
  proposal?: Proposal;
  /** Where its tool was redirected. */
  redirect: JsonObject | null;
  /** What a person has answered on it. */
  answer?: Answer | undefined;
  /** What a budget of the other policy says in this step. */
  budget: BudgetDenial | undefined;
  iterations: number;
  tokens: number;
  toolCalls: number;
  denials: number;
  seconds: number;
}

/** Follows a run event by event; returns a verdict for each decision on record. */
function judgeOf(
  started: RunStarted,
  { document }: Policy,
): (event: RunEvent) => Verdict | undefined {
  const { loop_budget: limits } = document;
  const progress: Progress = {
    pending: [],
    redirect: null,
    budget: undefined,
    iterations: 0,
    tokens: 0,
    toolCalls: 0,
    denials: 0,
    seconds: 0,
  };
  let current: RunEvent = started;
  const gate = openGate({
    policy: document,
    rules: callRules(document),
    tools: new Map(started.tools.map((tool) => [
      tool.name,
      toolOnRecord(tool, (value) => validationOf(current, { value })),
    ])),
    inspect(path) {
      const facts = pathFactsOf(current, path);
      if (facts !== undefined) return facts;
      throw new RangeError(`There is nothing on record of "${path}"`);
    },
  });
  return (event) => {
    current = event;
    progress.seconds = Number(BigInt(event.ts) - BigInt(started.ts)) / 1e9;
    switch (event.type) {
      case "step_started":
        progress.budget = iterationBudget(limits, progress);
        return;
      case "llm_completed":
        progress.iterations += 1;
        progress.tokens += tokensOf(event.usage ?? undefined);
        progress.budget ??= budgetBehind(event, limits, progress);
        progress.toolCalls += event.calls.length;
        progress.pending = event.calls;
        return;
      case "approval_resolved":
        progress.answer = event;
        return;
      case "tool_finished":
        progress.redirect = event.redirect;
        return;
      case "policy_checked":
        return event.tool === null
          ? judgeBudget(event, { document, progress })
          : judgeCall(event, { gate, progress });
    }
  };
}

/** What a budget says when the model has answered, or has let the time pass. */
function budgetBehind(
  { calls, error }: LlmCompleted,
  limits: LoopLimits,
  progress: Progress,
): BudgetDenial | undefined {
  if (calls.length > 0) return answerBudget(limits, progress, calls.length);
  return error?.kind === "transient" ? timeBudget(limits, progress) : undefined;
}

/** What the other policy says where a budget had denied. */
function judgeBudget(
  { metadata }: PolicyChecked,
  { document: { on_deny, loop_budget }, progress }: {
    readonly document: Policy["document"];
    readonly progress: Progress;
  },
): Verdict {
  if (metadata.limit_kind !== "denials") return verdict(progress.budget);
  // A policy that ends the run at once lets it survive no denial at all.
  const limits = on_deny === "continue"
    ? loop_budget
    : { ...loop_budget, max_denials: 0 };
  return verdict(denialBudget(limits, progress.denials));
}

function judgeCall(
  event: PolicyChecked,
  { gate, progress }: { readonly gate: Gate; readonly progress: Progress },
): Verdict {
  const { answer } = progress;
  if (answer === undefined) progress.proposal = proposalOf(gate, progress);
  progress.answer = undefined;
  progress.redirect = null;
  if (event.decision === "deny") progress.denials += 1;
  const { proposal, budget } = progress;
  if (proposal === undefined || budget !== undefined) return verdict(budget);
  const addresses = new Map(
    event.facts?.hosts.map(({ host, addresses }) => [host, addresses]),
  );
  const facts = { ...proposal.facts, addresses };
  const { effect, rule, reason } = gate.judge({ ...proposal, facts }, answer);
  return { decision: effect, rule_id: rule, reason };
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

function verdict(denial: BudgetDenial | undefined): Verdict {
  return denial === undefined
    ? { decision: "allow", rule_id: null, reason: null }
    : { decision: "deny", rule_id: denial.rule, reason: denial.reason };
}
