import type { ClauseLines } from "./clause.ts";
import type { Truth } from "./conditions/truth.ts";
import { decide, decideInAudit, type Decision, opinionOf } from "./decide.ts";
import { CLAUSE_SECTIONS } from "./document/clauses.ts";
import type { PolicyDocument } from "./document/document.ts";
import type { JudgedCondition } from "./judged_clause.ts";
import type { Opinion, Proposal, Rule, RuleId } from "./rule.ts";

/** Why a call is allowed, denied or left to a person: what every rule and every clause says of it. */
export interface Explanation {
  readonly decision: Decision;
  /** In their order of precedence. A rule that says nothing has no effect. */
  readonly rules: readonly {
    readonly id: RuleId;
    readonly effect: Opinion["effect"] | undefined;
    /** Of what it denies or asks about. */
    readonly reason: string | undefined;
  }[];
  /** The clauses for the tool that is called, in the order of their rules. */
  readonly clauses: readonly ClauseExplained[];
  /** How many clauses are for other tools. */
  readonly others: number;
}

/** What a clause of a policy says of a call. */
export interface ClauseExplained {
  /** Where it stands: `deny[2]`. */
  readonly place: string;
  readonly id: string | undefined;
  /** On which line of the file it begins, from 1. */
  readonly line: number | undefined;
  /** Whether its conditions hold, all together. */
  readonly truth: Truth;
  /** Whether it objects to the call. */
  readonly objects: boolean;
  /** As JSON, as the policy has them; of a limit how many calls have begun, of `flow` which calls set the labels. */
  readonly conditions: readonly JudgedCondition[];
}

/** Explains what rules made of a policy decide on one call. */
export function explain(
  proposal: Proposal,
  { policy, rules, lines }: {
    readonly policy: PolicyDocument;
    readonly rules: readonly Rule[];
    readonly lines: ClauseLines;
  },
): Explanation {
  const asked = rules.map(askedOnce);
  // First, since what else is asked takes steps that the decision may need.
  const decision = policy.mode === "audit"
    ? decideInAudit(proposal, asked)
    : decide(proposal, asked);
  const said = asked.map((rule) => saidBy(rule, proposal));
  const clauses = asked.flatMap((rule) => rule.clauses?.(proposal) ?? []);
  return {
    decision,
    rules: said,
    clauses: clauses.map((clause): ClauseExplained => ({
      place: clause.place,
      id: clause.id,
      line: lines.get(clause.place),
      truth: clause.truth(),
      objects: clause.objects(),
      conditions: clause.conditions(),
    })),
    others: countClauses(policy) - clauses.length,
  };
}

/** Makes a rule that is asked about one call and says the same each time, so that what is explained is what decided. */
function askedOnce(rule: Rule): Rule {
  let said: { readonly opinion: Opinion | undefined } | undefined;
  return {
    ...rule,
    opinion(proposal) {
      said ??= { opinion: opinionOf(rule, proposal) };
      return said.opinion;
    },
  };
}

function countClauses(policy: PolicyDocument): number {
  return CLAUSE_SECTIONS.reduce(
    (sum, section) => sum + (policy[section]?.length ?? 0),
    0,
  );
}

function saidBy(rule: Rule, proposal: Proposal): Explanation["rules"][number] {
  const { id } = rule;
  const opinion = opinionOf(rule, proposal);
  switch (opinion?.effect) {
    case "deny":
      return { id, effect: "deny", reason: opinion.reason };
    case "escalate": {
      const reason = opinion.asks.map(({ reason }) => reason).join("; ");
      return { id, effect: "escalate", reason };
    }
    default:
      return { id, effect: opinion?.effect, reason: undefined };
  }
}
