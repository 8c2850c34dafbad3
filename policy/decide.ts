import { type Answer, rejection } from "./answer.ts";
import type { Metadata, Opinion, Proposal, Rule, RuleId } from "./rule.ts";

/** The verdict on one proposed call. */
export type Decision =
  | {
    readonly effect: "allow";
    readonly rule: null;
    readonly reason: null;
    readonly metadata: Metadata;
  }
  | Objection;

/** A verdict against a call, and whose it is. */
interface Objection {
  readonly effect: "deny" | "escalate";
  readonly rule: RuleId;
  readonly reason: string;
  readonly metadata: Metadata;
}

/**
 * Asks the rules in their order of precedence until one denies. A denial wins
 * over an escalation too, so that a person is asked only for what else would run.
 * With an answer, what was escalated counts as allowed or as denied, by the same
 * rule. A rule that throws denies.
 */
export function decide(
  proposal: Proposal,
  rules: readonly Rule[],
  answer?: Answer,
): Decision {
  let escalation: Objection | undefined;
  let metadata: Metadata = {};
  for (const rule of rules) {
    const opinion = opinionOf(rule, proposal);
    if (opinion === undefined) continue;
    if (opinion.effect === "allow") {
      metadata = { ...metadata, ...opinion.metadata };
      continue;
    }
    const { effect, reason } = opinion;
    const objection = {
      effect,
      rule: rule.id,
      reason,
      metadata: opinion.metadata,
    };
    if (effect === "deny") return objection;
    if (answer?.verdict !== "approved") escalation ??= objection;
  }
  if (escalation === undefined) {
    return { effect: "allow", rule: null, reason: null, metadata };
  }
  // Without it the record of a question would not have the URL or the path.
  const found = { ...metadata, ...escalation.metadata };
  const objection = { ...escalation, metadata: found };
  return answer === undefined ? objection : rejected(objection, answer);
}

function rejected(
  { rule, reason, metadata }: Objection,
  answer: Answer,
): Objection {
  return {
    effect: "deny",
    rule,
    reason: rejection(answer, reason),
    metadata: { ...metadata, approver: answer.approver },
  };
}

function opinionOf(rule: Rule, proposal: Proposal): Opinion | undefined {
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
