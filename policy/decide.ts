import { type Answer, rejection } from "./answer.ts";
import type {
  AskedClause,
  Metadata,
  Opinion,
  Proposal,
  Rule,
  RuleId,
} from "./rule.ts";

/** The verdict on one proposed call. */
export type Decision = Permission | Denial | Escalation;

interface Permission {
  readonly effect: "allow";
  readonly rule: null;
  readonly reason: null;
  readonly metadata: Metadata;
}

/** What is decided where a policy is only audited. */
interface Unenforced {
  /** `false`: the call runs all the same. */
  readonly enforced?: false;
}

interface Denial extends Unenforced {
  readonly effect: "deny";
  readonly rule: RuleId;
  readonly reason: string;
  readonly metadata: Metadata;
}

interface Escalation extends Unenforced {
  readonly effect: "escalate";
  /** Of the first entry that asks. */
  readonly rule: RuleId;
  /** Those of all entries. */
  readonly reason: string;
  readonly metadata: Metadata;
  /** Every entry that asks, in the order of the rules and of the policy; at least one. */
  readonly asked: readonly AskedClause[];
}

/**
 * Asks all rules, in their order of precedence, until one denies. A denial wins
 * over an escalation, so that a person is asked only for what else would run. With
 * an answer, what the person was asked about counts as allowed or as denied; an
 * approval lifts nothing else. A rule that throws denies.
 */
export function decide(
  proposal: Proposal,
  rules: readonly Rule[],
  answer?: Answer,
): Decision {
  const asked: AskedClause[] = [];
  let [found, asking]: [Metadata, Metadata] = [{}, {}];
  for (const rule of rules) {
    const opinion = opinionOf(rule, proposal);
    if (opinion === undefined) continue;
    if (opinion.effect === "deny") {
      const { reason, metadata } = opinion;
      return { effect: "deny", rule: rule.id, reason, metadata };
    }
    if (opinion.effect === "allow") {
      found = { ...found, ...opinion.metadata };
      continue;
    }
    asking = { ...asking, ...opinion.metadata };
    for (const { clause, reason } of opinion.asks) {
      asked.push({ rule_id: rule.id, clause, reason });
    }
  }
  const open = asked.filter((each) => !isLifted(each, answer));
  return open.length === 0
    ? { effect: "allow", rule: null, reason: null, metadata: found }
    // The record of a question has the URL and the path that it is about, too.
    : objection(open, { metadata: { ...found, ...asking }, answer });
}

/** Whether a person has approved what this clause asks about. */
function isLifted(
  { rule_id, clause }: AskedClause,
  answer: Answer | undefined,
): boolean {
  return answer?.verdict === "approved" &&
    answer.asked.some((each) =>
      each.rule_id === rule_id && each.clause === clause
    );
}

/** What becomes of a call that only a person may allow. */
function objection(
  asked: readonly AskedClause[],
  { metadata, answer }: {
    readonly metadata: Metadata;
    readonly answer: Answer | undefined;
  },
): Denial | Escalation {
  const rule = asked[0]?.rule_id ?? "approval";
  const reason = asked.map((each) => each.reason).join("; ");
  if (answer === undefined) {
    return { effect: "escalate", rule, reason, metadata, asked };
  }
  const { approver, verdict } = answer;
  return {
    effect: "deny",
    rule,
    reason: verdict === "rejected"
      ? rejection(answer, reason)
      : `${approver} was not asked about this: ${reason}`,
    metadata: { ...metadata, approver },
  };
}

/** What a rule says of a call; one that throws denies it. */
export function opinionOf(rule: Rule, proposal: Proposal): Opinion | undefined {
  try {
    return rule.opinion(proposal);
  } catch (error) {
    return {
      effect: "deny",
      reason: "the rule failed, so nothing is allowed",
      metadata: {
        tool: proposal.name,
        error_class: error instanceof Error ? error.name : typeof error,
      },
    };
  }
}

/**
 * Decides for a policy that is only audited: as `decide` does, and the call runs all
 * the same, unless some rule denies it always.
 */
export function decideInAudit(
  proposal: Proposal,
  rules: readonly Rule[],
): Decision {
  const decision = decide(proposal, rules);
  if (decision.effect === "allow") return decision;
  const isDenied = rules.some((rule) => {
    try {
      return rule.deniesAlways?.(proposal) ?? false;
    } catch {
      return true;
    }
  });
  return isDenied ? decision : { ...decision, enforced: false };
}

/** Whether a call runs after a decision. */
export function letsRun(decision: Decision): boolean {
  return decision.effect === "allow" || decision.enforced === false;
}
